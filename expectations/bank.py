"""The bank gate: every cent that came in is somewhere, no statement is missing, and little waits for a person."""

from expectations.check import Limit, Suite, critical, warning

_LEDGER = "nothing is dunned on figures that do not add up: give the log of this run to whoever maintains the program"

SUITE = Suite(
    "bank",
    "Bank statements",
    (
        critical("ledger_differs", "CG-2.d", "money received = on invoices + on account + unmatched, movement by movement", _LEDGER),
        critical("payment_differs", "CG-2.d", "what is allocated to invoices is what is paid of them", _LEDGER),
        critical(
            "statement_gap",
            "CG-2.d",
            "no statement is missing before one that was delivered",
            "deliver the missing statement, then `billing bank` again; where the bank made none, with --accept-gap STATEMENT --by NAME",
            examples="bank_refused",
        ),
        critical(
            "statement_refused",
            "CG-2.d",
            "every file of the bank could be booked",
            "deliver the file again as it says, or take it out of bank/; a payment may be in it, so nobody is dunned before",
            examples="bank_refused",
        ),
        warning(
            "unmatched_share",
            "CG-2.d",
            "nearly all the money received is on an invoice or on account of a payer",
            "look at unmatched.csv and say where the money belongs: the form allocate-payment, or `billing allocate`",
            at_most=Limit("unmatched_share_at_most"),
            examples="bank_unmatched",
        ),
    ),
)
