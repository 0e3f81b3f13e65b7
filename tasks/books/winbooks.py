"""The journal of a final month as WinBooks on Web imports it: its customers and its documents, as CSV.

Layout: help.winbooks.be, "Import flat file from another invoicing package" (K_THIRD.CSV) and "Import accounting documents from CSV file".
Days are YYYY/MM/DD, amounts have a decimal point, a name is at most 40 characters, the code of a customer ten.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

import sql
from billing.period import Period
from tasks.books.entries import EntryRow
from tasks.chart_of_accounts import chart_of
from tasks.csv_files import csv_text
from tasks.outside import Outside

# Journal -> its type and code over there, and whether our numbers stay: those of invoices do, the rest continues the journal of WinBooks.
JOURNALS: Mapping[str, tuple[str, str, bool]] = {
    "sales": ("SAL", "SALES", True),
    "debit_notes": ("SAL", "DEBIT", True),
    "credit_notes": ("SAC", "CREDIT", True),
    "bank": ("CAS", "BANK", False),
    "general": ("PRI", "MISC", False),
}
VAT_ID = {"S21": "21", "S12": "12", "S6": "6", "AE": "ECEE", "O": "", "E": "0"}  # as they are called in a folder of WinBooks when it is new
LANGUAGE = {"fr": "F", "nl": "N", "en": "E"}
ID_LENGTH, NAME_LENGTH = 10, 40
ANSI = "cp1252"  # a character it does not have becomes a question mark


def _named(heading: str) -> str:
    return field(metadata={"heading": heading})  # type: ignore[no-any-return]  # dataclasses types a field as its value


@dataclass(frozen=True, slots=True)
class Partner:
    """A customer as the feed has him."""

    payer_id: str
    name: str
    language: str
    country: str
    vat_number: str
    payment_days: int | None


@dataclass(frozen=True, slots=True)
class Third:
    """One row of K_THIRD.CSV."""

    kind: str = _named("TYPE")
    third_id: str = _named("ID")
    name: str = _named("NAME")
    contact: str = _named("CONTACT")
    language: str = _named("LANGUAGE")
    currency: str = _named("CURRID")
    category: str = _named("CATEGORY")
    pay_delay: str = _named("PAYDELAY")
    pay_mode: str = _named("PAYMODE")
    vat_type: str = _named("VATTYPE")
    vat_number: str = _named("VATNUMBER")
    vat_country: str = _named("VATCOUNTRY")
    vat_id: str = _named("VATID")
    vat_percent: str = _named("VATPC")
    account: str = _named("CENTACCID")


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """One row of DOCUMENTS.CSV: an entry, under the names WinBooks has for its parts."""

    bookyear: int
    bookmonth: int
    jnltype: str
    jnl: str
    number: int
    renumber: str
    accounttyp: str
    accountid: str
    date: str
    duedate: str
    cur: str
    side: str
    amountcur: str
    amount: Decimal
    vattype: int
    vatid: str


def write_winbooks(outside: Outside, month: Period, entries: Sequence[EntryRow]) -> None:
    """Write `winbooks/K_THIRD.CSV` and `winbooks/DOCUMENTS.CSV` of a month, in Windows-1252."""
    receivables = chart_of(outside.settings).of("receivables")
    partners = sorted({row.partner for row in entries if row.account == receivables})
    with outside.engine.connect() as conn:
        known = sql.rows(conn, Partner, "books/partners", payer_ids=partners)
    thirds = csv_text(Third, (_third(one, receivables) for one in known))
    documents = csv_text(DocumentRow, _documents(month, entries, receivables))
    for name, content in (("K_THIRD", thirds), ("DOCUMENTS", documents)):
        outside.out.write(f"{month}/winbooks/{name}.CSV", content.encode(ANSI, "replace"))


def third_id(payer_id: str) -> str:
    """The code of a customer over there: his own id, one that is too long as its first four characters and six of its hash."""
    if len(payer_id) <= ID_LENGTH:
        return payer_id
    return payer_id[:4] + hashlib.sha256(payer_id.encode()).hexdigest()[:6].upper()


def _third(one: Partner, receivables: str) -> Third:
    number = one.vat_number.replace(" ", "").replace(".", "").upper()
    country, digits = (number[:2], number[2:]) if number[:2].isalpha() else (one.country, number)
    return Third(
        "C", third_id(one.payer_id), one.name[:NAME_LENGTH], "", LANGUAGE.get(one.language, "E"), "EUR", "",
        "" if one.payment_days is None else str(one.payment_days), "", "1" if digits else "3", digits, country, "", "", receivables,
    )  # fmt: skip


def _documents(month: Period, entries: Sequence[EntryRow], receivables: str) -> list[DocumentRow]:
    """The entries, those of a customer on his own account; documents that WinBooks numbers itself are counted from 1 in each journal."""
    counted: dict[str, dict[int, int]] = {journal: {} for journal in JOURNALS}
    rows = []
    for row in entries:
        numbers = counted[row.journal]
        rows.append(_document(month, row, numbers.setdefault(row.document_no, len(numbers) + 1), row.account == receivables))
    return rows


def _document(month: Period, row: EntryRow, counted: int, is_customer: bool) -> DocumentRow:
    kind, code, keeps = JOURNALS[row.journal]
    number = int("".join(filter(str.isdigit, row.document))) if keeps else counted
    who = ("C", third_id(row.partner)) if is_customer else ("G", row.account)
    amount, side = (row.debit, "D") if row.debit else (row.credit, "C")
    return DocumentRow(
        month.first.year, month.first.month, kind, code, number, "F" if keeps else "T", *who, _day(row.dated_on), _day(row.due_on), "",
        side, "", amount, 0, VAT_ID.get(row.vat_code, row.vat_code),
    )  # fmt: skip


def _day(day: date | None) -> str:
    return f"{day:%Y/%m/%d}" if day else ""


__all__ = ["third_id", "write_winbooks"]
