"""The documents gate: every issued invoice has its PDF and its e-invoice, every end client its summary, and the files are really there.

An e-invoice that an access point, a customer's software or the tax office would refuse does not leave.
"""

from expectations.check import Suite, critical, warning

_AGAIN = "run the close again: the documents are rendered again, numbers and amounts stay"

SUITE = Suite(
    "documents",
    "Documents",
    (
        critical("pdf_missing", "CG-2.b", "every issued invoice has its PDF", _AGAIN, examples="documents_pdf_missing"),
        critical(
            "e_invoice_missing",
            "CG-2.b",
            "every issued invoice, credit note and debit note has its e-invoice",
            _AGAIN,
            examples="documents_e_invoice_missing",
        ),
        critical("document_empty", "CG-2.b", "every document has content and a hash of it", _AGAIN, examples="documents_document_empty"),
        critical("path_twice", "CG-2.b", "no two documents are the same file", _AGAIN, examples="documents_document_empty"),
        critical(
            "summary_missing",
            "BT-2.f",
            "every end client with counted services has its monthly summary",
            _AGAIN,
            examples="documents_summary_missing",
        ),
        critical(
            "not_in_store",
            "CG-2.b",
            "every document is in the output folder",
            "check that the output folder (setting `out`) is there and has space, then run the close again to render what is missing",
        ),
        critical(
            "content_differs",
            "CG-2.b",
            "the files looked into are the ones that were rendered",
            "somebody or something changed the files listed: run the close again to render them again",
        ),
        critical(
            "e_invoice_refused",
            "CG-2.b",
            "no e-invoice breaks a rule for which it would be refused",
            "nothing was sent; a rule about seller or account: correct the setting it names; about anything else: a fault of the program, "
            "keep the list and have it looked into (`billing check-e-invoice FILE` shows all of it); then run the close again",
        ),
        critical(
            "e_invoice_differs",
            "CG-2.a",
            "every e-invoice has the number, the kind and the amounts of the ledger",
            _AGAIN,
        ),
        warning(
            "e_invoice_doubted",
            "CG-2.b",
            "no e-invoice breaks a rule that only warns",
            "the documents go out; software of a customer may show the warnings listed: have them looked into",
        ),
    ),
)
