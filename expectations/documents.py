"""The documents gate: every issued invoice has its PDF, every end client its summary, and the files are really there."""

from expectations.check import Suite, critical

_AGAIN = "run the close again: the documents are rendered again, numbers and amounts stay"

SUITE = Suite(
    "documents",
    "Documents",
    (
        critical("pdf_missing", "CG-2.b", "every issued invoice has its PDF", _AGAIN, examples="documents_pdf_missing"),
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
    ),
)
