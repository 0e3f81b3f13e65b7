"""The gate of late charges: only what is late, not contested, delivered and not charged before, within what the policy allows."""

from expectations.check import Suite, critical, warning

_FAULT = "this is a fault of the program or the database, not of the feed: no debit note is made, keep the list and have it looked into"
_AGAIN = "what was read has changed meanwhile: run dunning again, the charges are computed anew; if it comes again, have it looked into"
_PRICES = "check the policy table and its caps (law of 13 June 2005, article 119), then run dunning again"

SUITE = Suite(
    "late_charges",
    "Late charges",
    (
        critical("interest_on_debit_note", "CG-2.e", "no debit note bears interest", _FAULT, examples="late_charges_charges"),
        critical(
            "interest_before_late",
            "CG-2.e",
            "interest runs from the day after the due date to the day of the run, each day once",
            _FAULT,
            examples="late_charges_delays",
        ),
        critical(
            "open_amount_differs",
            "GC-5.2",
            "interest rests on what was open and not contested when each delay ended",
            _AGAIN,
            examples="late_charges_delays",
        ),
        critical(
            "interest_differs",
            "CG-2.e",
            "interest is the sum of its delays, less what was charged before",
            _FAULT,
            examples="late_charges_delays",
        ),
        critical(
            "charged_before_differs",
            "CG-2.e",
            "what was charged before is what earlier debit notes asked",
            _AGAIN,
            examples="late_charges_charges",
        ),
        critical(
            "rate_too_high",
            "CG-2.e",
            "no delay costs more a month than the policy and the legal rate of its year allow",
            _PRICES,
            examples="late_charges_delays",
        ),
        critical(
            "letter_undelivered",
            "CG-2.d",
            "only letters that were delivered are charged",
            _AGAIN,
            examples="late_charges_charges",
        ),
        critical(
            "letter_for_nothing",
            "CG-2.d",
            "only letters that listed something owed on their day are charged",
            _AGAIN,
            examples="late_charges_charges",
        ),
        critical(
            "charged_twice",
            "CG-2.d",
            "no level for its anchor, cost or reactivation is charged twice",
            _FAULT,
            examples="late_charges_charges",
        ),
        critical(
            "cost_too_high",
            "CG-2.e",
            "no fee or cost is above what its letter or invoice says and the policy allows",
            _PRICES,
            examples="late_charges_charges",
        ),
        critical(
            "not_restored", "CG-2.c", "a reactivation is charged once the service was restored", _AGAIN, examples="late_charges_charges"
        ),
        critical("payer_differs", "CG-1", "every charge is of the payer it is for", _FAULT, examples="late_charges_charges"),
        critical("sum_too_small", "CG-2.d", "no debit note is below the sum the policy wants", _FAULT, examples="late_charges_charges"),
        critical("basis_missing", "CG-2.d", "every charge names its policy and its clause", _PRICES, examples="late_charges_charges"),
        warning(
            "charged_too_much",
            "CG-2.e",
            "no earlier debit note asks interest that is not due",
            "a credit note or a payment was booked later: credit the line of the debit note with "
            "`billing credit DEBIT_NOTE --line N --amount X --reason …`",
        ),
    ),
)
