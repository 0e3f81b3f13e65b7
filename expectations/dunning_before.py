"""The gate before dunning: nobody is reminded of what he may have paid or contests: statements are booked, disputes are read."""

from expectations.check import Suite, critical, warning

SUITE = Suite(
    "dunning_before",
    "Before reminders",
    (
        critical(
            "statement_missing",
            "CG-2.d",
            "the statements of every account reach up to the last working days before",
            "deliver the statements and run `billing bank`, then dunning again; or on somebody's word: --without-statements --by NAME",
            examples="dunning_before_accounts",
        ),
        critical(
            "statement_refused",
            "CG-2.d",
            "every statement that was delivered is booked",
            "deliver the file again as it says, or what is missing before it, and run `billing bank`: a payment may be in it",
            examples="bank_refused",
        ),
        critical(
            "dispute_unread",
            "GC-9.3",
            "the disputes delivered last are imported",
            "run `billing import`, then dunning again",
        ),
        critical(
            "dispute_refused",
            "GC-9.3",
            "every dispute that was delivered could be taken in",
            "correct the rows of disputes.csv listed, run `billing import`, then dunning again: what they contest would be asked for",
            examples="disputes_refused",
        ),
        warning(
            "dispute_unplaced",
            "GC-9.3",
            "every dispute is of an invoice that is issued",
            "check the numbers listed in disputes.csv; a right one is taken in by the import after its invoice is issued",
            examples="disputes_refused",
        ),
        warning(
            "on_word",
            "CG-2.d",
            "no reminder goes without the statements of the days before",
            "book the statements as soon as they are there; what they bring is withdrawn from reminders by the next run",
            examples="dunning_before_accounts",
        ),
        warning(
            "never_booked",
            "CG-2.d",
            "payments come from bank statements",
            "deliver the statements in bank/ and run `billing bank`; who books payments by `billing pay` sees to it that all are booked",
        ),
        warning(
            "unmatched_of_late_payer",
            "CG-2.d",
            "no money waits that may be of a payer who is late",
            "look at unmatched.csv before: the form allocate-payment, or `billing allocate`",
        ),
        warning(
            "on_account_of_late_payer",
            "CG-2.d",
            "nobody who is late has money on account",
            "set it against what is overdue before, if that is what it is for: the form allocate-payment, or `billing allocate`",
        ),
    ),
)
