"""The books gate: every document balances, and the accounts are what the register of invoices and the ledger of money say."""

from expectations.check import Suite, critical

_FAULT = "hand nothing to accounting: journal and ledger contradict one another; give the log of this run to whoever maintains the program"

SUITE = Suite(
    "books",
    "Books",
    (
        critical("unbalanced", "GC-5.1", "the debit of every document is its credit", _FAULT, examples="books_unbalanced"),
        critical("document_missing", "GC-5.1", "every invoice, credit note and debit note of the month is booked", _FAULT),
        critical(
            "document_differs",
            "GC-5.1",
            "of every document, receivables take the gross, VAT its account, and income with deferred income the net",
            _FAULT,
            examples="books_document_differs",
        ),
        critical("money_missing", "CG-2.d", "every movement of the bank and every payment of the month is booked", _FAULT),
        critical(
            "money_differs", "CG-2.d", "the bank takes of every movement its amount, receivables what is paid of invoices", _FAULT,
            examples="books_money_differs",
        ),
        critical("receivables_differ", "GC-5.1", "receivables = documents booked less what is paid of them", _FAULT),
        critical("bank_differs", "CG-2.d", "the bank = its movements and the payments noted by hand", _FAULT),
        critical("deferred_differs", "BT-2.b", "deferred income = the days billed that have not passed at the end of the month", _FAULT),
    ),
)  # fmt: skip
