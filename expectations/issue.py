"""The issue gate: gapless numbers, right dates, references a bank accepts, totals that still add up."""

from expectations.check import Suite, critical, warning

_FAULT = "send nothing: the numbers are given, so have this looked into and correct it with a credit note if need be"

SUITE = Suite(
    "issue",
    "Issued invoices",
    (
        critical("number_missing", "GC-5.2", "every invoice of the run has a number", _FAULT, examples="issue_offenders"),
        critical("series_gap", "GC-5.2", "the numbers of a series run from 1 without a gap", _FAULT, examples="issue_series_gap"),
        critical("number_twice", "GC-5.2", "no number is used twice", _FAULT, examples="issue_offenders"),
        critical("reference_wrong", "GC-5.2", "every structured communication has its check digits", _FAULT, examples="issue_offenders"),
        critical("issued_on_differs", "GC-5.2", "every invoice bears the close date", _FAULT, examples="issue_offenders"),
        critical(
            "due_on_differs", "GC-5.2", "every invoice is due on the invoice date plus the payment term", _FAULT, examples="issue_offenders"
        ),
        critical("order_not_on_receipt", "BT-2.a", "what is invoiced on order is due on receipt", _FAULT, examples="issue_offenders"),
        critical("totals_differ", "GC-5.1", "every total is that of its lines and its VAT table", _FAULT, examples="issue_offenders"),
        critical("parked_issued", "CG-1", "no parked payer got a number", _FAULT, examples="issue_offenders"),
        warning(
            "address_missing",
            "GC-5.2",
            "every invoice shows the name and address of its payer",
            "complete street and city in parties.csv; the law wants them on the next invoice",
            examples="issue_address_missing",
        ),
        warning(
            "dates_out_of_order",
            "GC-5.2",
            "numbers and dates rise together",
            "close the months in their order and orders before the close of their day; the accountant may ask why they do not",
            examples="issue_dates_out_of_order",
        ),
    ),
)
