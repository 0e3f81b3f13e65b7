"""Pages of the portal with everything that can stand on one: long names, an amount over a million, every kind of document."""

from datetime import date
from decimal import Decimal

from reports.portal_page import PortalFile, PortalInvoice, PortalLetter, PortalPage
from reports.records import Kind, Language
from tests.documents.samples import SELLER


def files(number: str, *clients: str) -> tuple[PortalFile, ...]:
    """The PDF and the e-invoice of an invoice, and a summary for each client."""
    beside = tuple(_file("summary", f"{number}-{client}.pdf", 1_234_567, client) for client in clients)
    return (_file("invoice", f"{number}.pdf", 64_321), _file("e_invoice", f"{number}.xml", 98_000), *beside)


def portal_page(language: Language, name: str = "Bakkerij Zonneschijn BV") -> PortalPage:
    """Two years of documents, and a letter."""
    return PortalPage(
        "CL014",
        name,
        language,
        SELLER,
        (
            _invoice("2025-000931", date(2025, 12, 28), date(2026, 1, 27), "1234.56"),
            _invoice("2026-000123", date(2026, 10, 28), date(2026, 11, 27), "121.00", clients=("CL-ALPHA", "CL-BETA")),
            _invoice("C2026-000004", date(2026, 11, 2), date(2026, 11, 2), "-1012.10", kind="credit_note", credited="2026-000123"),
            _invoice("2026-000150", date(2026, 11, 28), date(2026, 12, 28), "1210034.00", collected_on=date(2026, 12, 20)),
            _invoice("D2026-000002", date(2026, 12, 5), date(2026, 12, 5), "43.21", kind="debit_note"),
            _invoice("C2026-000005", date(2026, 12, 9), date(2026, 12, 9), "-43.21", kind="credit_note", credited="D2026-000002"),
        ),
        (PortalLetter(date(2026, 12, 4), 1, Decimal("121.00"), date(2026, 12, 11), (_file("letter", "reminder-2026-12-04-1.pdf"),)),),
    )


def _invoice(
    number: str,
    issued_on: date,
    due_on: date,
    gross: str,
    *,
    kind: Kind = "invoice",
    credited: str = "",
    collected_on: date | None = None,
    clients: tuple[str, ...] = (),
) -> PortalInvoice:
    reference = "" if kind == "credit_note" else "260000012334"
    return PortalInvoice(number, kind, issued_on, due_on, Decimal(gross), reference, credited, collected_on, files(number, *clients))


def _file(kind: str, name: str, size: int = 0, end_client_id: str = "") -> PortalFile:
    return PortalFile(kind, name, f"../../documents/AbCdEfGhIjKlMnOpQrStUvWx/{name}", "0" * 64, size, end_client_id)
