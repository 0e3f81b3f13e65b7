"""The drafts gate: what finance approves is everything the run charged, once, on the invoice of who pays."""

from expectations.check import Limit, Suite, critical, warning

_FAULT = "this is a fault of the program or the database, not of the feed: approve nothing, keep the list and have it looked into"

SUITE = Suite(
    "drafts",
    "Drafts",
    (
        critical(
            "negative_invoice",
            "GC-10.5",
            "no invoice is below zero",
            "look for a negative price or quantity of the payers listed; money back goes on a credit note",
            examples="drafts_offenders",
        ),
        critical(
            "positive_credit_note",
            "GC-13.2",
            "no credit note is above zero",
            "a credit note only gives back: " + _FAULT,
            examples="drafts_credits",
        ),
        critical(
            "credit_above_line",
            "GC-13.2",
            "no line is credited for more than is left of it",
            "another credit note was issued since: make the drafts again (`--from-step drafts`, or the same `billing credit`)",
            examples="drafts_credits",
        ),
        critical(
            "credit_without_invoice",
            "CG-2.a",
            "every credit note names an issued invoice of its payer, and every line of it the line it credits",
            _FAULT,
            examples="drafts_credits",
        ),
        critical(
            "credit_without_reason",
            "CG-2.a",
            "every credit note that finance decides says why",
            "give the reason with --reason",
            examples="drafts_credits",
        ),
        warning(
            "refunds_differ",
            "GC-13.2",
            "every refund is on a credit note",
            "an earlier credit note has taken back days listed here; nothing more is given back than was charged",
            examples="drafts_refunds_differ",
        ),
        critical("lines_differ", "GC-5.1", "every total is the sum of its lines", _FAULT, examples="drafts_offenders"),
        critical(
            "vat_differs",
            "GC-5.1",
            "VAT is that of the sum of the lines of each category, to the cent",
            _FAULT,
            examples="drafts_offenders",
        ),
        critical(
            "vat_category_differs",
            "GC-5.1",
            "Belgian payers pay 21 %, and only payers with a foreign VAT number account for it themselves",
            "correct country and vat_number of the payers listed in parties.csv, then run the close again",
            examples="drafts_vat_category_differs",
        ),
        critical(
            "charges_differ",
            "CG-2.a",
            "every charge of the run is on exactly one draft of its payer",
            _FAULT,
            examples="drafts_charges_differ",
        ),
        critical("line_twice", "BT-2.b", "no charge stands on two drafts", _FAULT, examples="drafts_lines"),
        critical("parked_invoiced", "CG-1", "no parked payer is invoiced", _FAULT, examples="drafts_parked"),
        critical("empty_invoice", "GC-5.1", "no invoice is without a line", _FAULT, examples="drafts_offenders"),
        critical("clause_missing", "GC-5.1", "every line names its clause", _FAULT, examples="drafts_lines"),
        critical("payer_differs", "CG-1", "every line is on the invoice of who pays its contract", _FAULT, examples="drafts_lines"),
        critical(
            "parked_share",
            "CG-2.b",
            "few payers are parked",
            "solve the reasons listed and run the close again; or go on without these payers by raising parked_share_at_most",
            at_most=Limit("parked_share_at_most"),
            examples="drafts_parked",
        ),
        warning(
            "parked",
            "CG-2.b",
            "no payer is parked",
            "solve the reason beside each payer and run the close again before it is approved; else the next close bills them",
            examples="drafts_parked",
        ),
        critical(
            "ad_hoc_wrong",
            "GC-4.5",
            "every ad-hoc charge is quantity × price, charged once",
            _FAULT,
            examples="drafts_ad_hoc",
        ),
        critical(
            "credit_overused",
            "GC-10.5",
            "no SLA credit is used for more than was granted",
            "if an amount in credits.csv was lowered after it was used, put it back; else: " + _FAULT,
            examples="drafts_credit_overused",
        ),
        warning(
            "ad_hoc_waiting",
            "GC-5.1",
            "every ad-hoc charge that is due is billed",
            "give the price or what the contract lacks, and the next run bills it; what is dated after a bankruptcy is never billed: "
            "claim it from the trustee",
            examples="drafts_ad_hoc_waiting",
        ),
        warning(
            "ad_hoc_changed",
            "GC-4.5",
            "no ad-hoc charge was changed after it was charged",
            "what was charged stays: put charges.csv back, and correct the invoice with `billing credit`",
            examples="drafts_ad_hoc_changed",
        ),
        warning(
            "unpriced",
            "GC-5.1",
            "every line ordered has a price",
            "add a price version to prices.csv, or a unit_price to the order line; the next orders run invoices it",
            examples="recurring_unpriced",
        ),
        warning(
            "nothing_to_pay",
            "GC-5.1",
            "no invoice is over 0.00 EUR",
            "check that the services of these payers are really free of charge",
            examples="drafts_nothing_to_pay",
        ),
    ),
)
