"""The dunning gate: only who owes gets a letter, one level at a time, at no more than the policy allows, and no suspension too early."""

from expectations.check import Suite, critical

_NOT_SENT = "no letter of this day is sent: have this looked into, then run dunning again"
_PRICES = "check the policy table and its caps (law of 13 June 2005, article 119), then run dunning again"

SUITE = Suite(
    "dunning",
    "Letters",
    (
        critical("paid_invoice", "CG-2.d", "no paid invoice is on a letter", _NOT_SENT, examples="dunning_invoices"),
        critical("disputed_invoice", "GC-9.3", "no contested amount is on a letter", _NOT_SENT, examples="dunning_invoices"),
        critical("before_due", "CG-2.e", "no invoice is on a letter before it is late", _NOT_SENT, examples="dunning_invoices"),
        critical(
            "level_skipped",
            "GC-9.1.a",
            "every level follows the one before it, once that was delivered",
            _NOT_SENT,
            examples="dunning_notices",
        ),
        critical("noticed_twice", "CG-2.d", "no payer gets two letters a day", _NOT_SENT, examples="dunning_notices"),
        critical("payer_differs", "CG-2.a", "every letter goes to the payer of its invoices", _NOT_SENT, examples="dunning_invoices"),
        critical(
            "end_client_reminded", "CG-2.a", "no letter goes to an end client behind a partner", _NOT_SENT, examples="dunning_notices"
        ),
        critical("fee_too_high", "CG-2.d", "no letter costs more than the policy in force allows", _PRICES, examples="dunning_notices"),
        critical(
            "cost_too_high",
            "CG-2.e",
            "no letter carries more recovery costs than the policy in force allows",
            _PRICES,
            examples="dunning_notices",
        ),
        critical("total_differs", "CG-2.d", "every letter asks for the sum of its invoices", _NOT_SENT, examples="dunning_notices"),
        critical(
            "recipient_missing",
            "CG-2.b",
            "no letter goes to nobody",
            "set billing_emails of the payer in parties.csv, or delivery = portal, then run dunning again",
            examples="dunning_notices",
        ),
        critical(
            "suspension_unordered",
            "GC-9.1.a",
            "a letter tells of a suspension if and only if its order has left",
            "have the order of the payer looked into, then run dunning again",
            examples="dunning_notices",
        ),
        critical(
            "suspended_early", "GC-9.1.a", "no service is suspended before day 21 after a due date", _NOT_SENT, examples="dunning_notices"
        ),
        critical(
            "suspended_unwarned",
            "GC-9.1.a",
            "no service is suspended without a delivered reminder that is old enough",
            _NOT_SENT,
            examples="dunning_notices",
        ),
    ),
)
