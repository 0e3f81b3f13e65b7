"""The dunning gate: only who owes is reminded, one level at a time, at no more than the policy allows."""

from expectations.check import Suite, critical

_NOT_SENT = "no reminder of this day is sent: have this looked into, then run dunning again"

SUITE = Suite(
    "dunning",
    "Reminders",
    (
        critical("paid_invoice", "CG-2.d", "no paid invoice is on a reminder", _NOT_SENT, examples="dunning_invoices"),
        critical("disputed_invoice", "GC-9.3", "no contested amount is on a reminder", _NOT_SENT, examples="dunning_invoices"),
        critical("before_due", "CG-2.e", "no invoice is on a reminder before it is late", _NOT_SENT, examples="dunning_invoices"),
        critical(
            "level_skipped", "GC-9.1.a", "every level follows the one before it, once that was sent", _NOT_SENT, examples="dunning_notices"
        ),
        critical("noticed_twice", "CG-2.d", "no payer gets two reminders a day", _NOT_SENT, examples="dunning_notices"),
        critical("payer_differs", "CG-2.a", "every reminder goes to the payer of its invoices", _NOT_SENT, examples="dunning_invoices"),
        critical(
            "fee_too_high",
            "CG-2.d",
            "no reminder costs more than the policy in force allows",
            "check the policy table and its caps (law of 13 June 2005, article 119), then run dunning again",
            examples="dunning_notices",
        ),
        critical("total_differs", "CG-2.d", "every reminder asks for the sum of its invoices", _NOT_SENT, examples="dunning_notices"),
        critical(
            "recipient_missing",
            "CG-2.b",
            "no reminder goes to nobody",
            "set billing_emails of the payer in parties.csv, or delivery = portal, then run dunning again",
            examples="dunning_notices",
        ),
    ),
)
