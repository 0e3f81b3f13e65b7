"""Statements of account for the documents' tests, with amounts a head can check."""

from datetime import date, timedelta
from decimal import Decimal

from billing.account import Entry, account
from reports.records import Language
from reports.statement import CreditLeft, Held, InFavour, OpenItem, Statement
from reports.statement_pdf import StatementSheet
from tests.documents.samples import NAMES, SELLER, payer

D = Decimal
ON = date(2026, 12, 5)


def item(
    number: int, gross: str, due_on: date, *, credited: str = "0.00", paid: str = "0.00", contested: str = "0.00", kind: str = "invoice"
) -> OpenItem:
    """A document issued 30 days before it is due; open is what it comes to less what was credited and paid."""
    open_amount = D(gross) - D(credited) - D(paid)
    series = "D2026" if kind == "debit_note" else "2026"
    return OpenItem(f"{series}-{number:06d}", due_on - timedelta(days=30), due_on, D(gross), open_amount, D(contested),
                    f"{number:010d}97", kind, D(credited), D(paid))  # fmt: skip


def statement(language: Language = "fr", *items: OpenItem, **parts: object) -> StatementSheet:
    """A statement of 5 December 2026 of the documents given."""
    given: dict[str, object] = {"disputes": (), "credits_left": (), "held": (), **parts}
    who = payer(language)
    return StatementSheet(who, SELLER, Statement(who.payer_id, NAMES[language], ON, items, **given))  # type: ignore[arg-type]


def full(language: Language = "fr") -> StatementSheet:
    """Something in each bucket (100 not due, 200, 300, 400 and 500 late), contested 40 of 1 to 30 days, 75.50 in favour, movements."""
    items = (
        item(1, "600.00", date(2026, 8, 20), paid="100.00"),
        item(2, "450.00", date(2026, 9, 20), credited="50.00"),
        item(3, "300.00", date(2026, 10, 10), kind="debit_note"),
        item(4, "200.00", date(2026, 11, 27), contested="40.00"),
        item(5, "100.00", date(2026, 12, 28)),
    )
    entries = [
        Entry(date(2026, 10, 28), "invoice", "2026-000004", "2026-000004", D("200.00")),
        Entry(date(2026, 11, 3), "payment", "", "2026-000001", D("-100.00")),
        Entry(date(2026, 11, 5), "credit_note", "C2026-000007", "2026-000002", D("-50.00")),
        Entry(date(2026, 11, 9), "set_off", "", "2026-000009", D("-60.00")),
        Entry(date(2026, 11, 12), "returned", "", "2026-000009", D("15.00")),
        Entry(date(2026, 11, 20), "on_account", "", "", D("-70.00")),
        Entry(date(2026, 11, 28), "invoice", "2026-000005", "2026-000005", D("100.00")),
    ]
    return statement(
        language,
        *items,
        in_favour=(InFavour("2026-000009", D("5.50")), InFavour("", D("70.00"))),
        held=(
            Held("D1", "deposit", date(2026, 1, 5), D("500.00")),
            Held("set-off 1", "deposit", date(2026, 11, 9), D("-60.00")),
            Held("D2", "bank_guarantee", date(2026, 3, 1), D("1000.00")),
        ),
        credits_left=(CreditLeft("K1", "C-1", date(2026, 11, 2), D("50.00"), D("20.25"), "6 h, 3 octobre"),),
        account=account(entries, date(2026, 11, 1), ON),
    )
