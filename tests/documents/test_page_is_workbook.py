"""The page and the workbook of a close show the same figures, each under its key."""

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from html import unescape
from typing import Any

import pytest
from openpyxl import load_workbook

from reports.close_records import CloseReport
from reports.close_report import render
from reports.close_workbook import workbook
from reports.sheets import FIRST_ROW, HEADING_ROW, TOTALS_ROW
from tests.documents.invented_close import close_of

# What the page alone says: its bar, shares, a gate in a few words, sizes in round numbers.
ONLY_ON_THE_PAGE = re.compile(r"bar\..*|.*\.share|gates\..*|(files|drawn)\..*\.size")
TOTALS = {"net": "Net", "vat": "VAT", "gross": "Gross", "invoices": "Invoices", "credit_notes": "Credit notes", "payers": "Payers"}
FACTS = {
    "orders.invoices": "Invoiced on order in the month, documents",
    "orders.net": "Invoiced on order in the month, net",
    "delivery.mailed": "Invoices sent by mail",
    "delivery.published": "Invoices on the portal",
    "delivery.failed": "Invoices not delivered",
    "receivables.debtors": "Payers who owe",
    "receivables.total.said": "Open receivables, with VAT",
    "receivables.overdue": "Of these past their due date",
    "receivables.in_favour": "In favour of payers",
    "inventory.elements": "Elements in it",
}
SERVICES = {"Business Telephony": "business_telephony", "SIP Trunking": "sip_trunking", "Other": "other"}
COMPARED = {"net": "This month", "before": "Last month", "change": "Difference"}
AGES = {
    "Not due": "not_due",
    "1 to 30 days late": "1_30",
    "31 to 60 days late": "31_60",
    "61 to 90 days late": "61_90",
    "More than 90 days late": "over_90",
}


def on_the_page(report: CloseReport) -> dict[str, str]:
    """Each figure of the page by its key."""
    found = re.findall(r'data-figure="([^"]+)"[^>]*>([^<]*)<', render(report).decode())
    return {unescape(key): unescape(shown) for key, shown in found if not ONLY_ON_THE_PAGE.fullmatch(key)}


def plain(shown: str) -> Any:
    """A figure as the page writes it, as the sheet has it."""
    bare = shown.replace("\N{NO-BREAK SPACE}", "").replace("\N{MINUS SIGN}", "-")
    return float(bare) if re.fullmatch(r"[+-]?\d+(\.\d+)?", bare) else shown


def rows_of(book: Any, name: str) -> Iterator[dict[str, Any]]:
    """The rows of a list by heading, the total first, when there is one."""
    sheet = book[name]
    headings = [cell.value for cell in sheet[HEADING_ROW + 1]]
    for at in (TOTALS_ROW + 1, *range(FIRST_ROW + 1, sheet.max_row + 1)):
        yield dict(zip(headings, (cell.value for cell in sheet[at]), strict=True))


def in_the_workbook(content: bytes) -> dict[str, Any]:
    """The figures of the workbook by the keys of the page."""
    book = load_workbook(io.BytesIO(content), data_only=True)
    return dict(
        [
            *_summary(book),
            *_change(book),
            *_compared(book),
            *_charges(book),
            *_payers(book),
            *_documents(book),
            *_receivables(book),
            *_reconciliation(book),
        ]
    )


def _summary(book: Any) -> Iterator[tuple[str, Any]]:
    rows = {row[0]: row[1:4] for row in book["Summary"].iter_rows(min_row=FIRST_ROW + 1, max_col=4, values_only=True)}
    for key, what in TOTALS.items():
        for place, name in enumerate(("now", "before", "change")):
            yield f"totals.{key}.{name}", rows[what][place]
    for place, name in enumerate(("now", "before")):
        yield f"totals.documents.{name}", rows["Invoices"][place] + rows["Credit notes"][place]
    yield "bar.net", rows["Net"][0]
    yield "bar.change", rows["Net"][2]
    yield "bar.gross", rows["Gross"][0]
    for key, what in FACTS.items():
        yield key, rows[what][0]


def _change(book: Any) -> Iterator[tuple[str, Any]]:
    rows = {row[0]: row[1] for row in book["Change"].iter_rows(min_row=FIRST_ROW + 1, max_col=2, values_only=True)}
    for reason in ("Price", "Quantity", "Traffic", "New", "Lost", "One-off"):
        yield f"reasons.{reason.lower().replace('-', '_')}", rows[reason]
    yield "reasons.total", round(rows["Net this month"] - rows["Net last month"], 2)


def _compared(book: Any) -> Iterator[tuple[str, Any]]:
    for row in rows_of(book, "Services"):
        key = SERVICES.get(row["Service"], "total")
        yield from ((f"services.{key}.{name.lower()}", row[name]) for name in ("Recurring", "Usage", "Other"))
        yield from ((f"services.{key}.{name}", row[heading]) for name, heading in COMPARED.items())
    for row in rows_of(book, "Partners"):
        key = (row["Partner"] or "none").replace("Total", "total")
        yield from ((f"partners.{key}.{name}", row[heading]) for name, heading in {**COMPARED, "payers": "Payers"}.items())
    figures = {"records": "Records", "charged": "Charged", "in_pack": "In packs", **COMPARED}
    for row in rows_of(book, "Traffic"):
        key = row["Group"].replace("Total", "total")
        yield from ((f"traffic.{key}.{name}", row[heading]) for name, heading in figures.items())


def _charges(book: Any) -> Iterator[tuple[str, Any]]:
    for row in rows_of(book, "Lines"):
        key = row["Charge"].replace(" ", "_").replace("Total", "total")
        yield f"charges.{key}.lines", row["Lines"]
        yield f"charges.{key}.net", row["Net"]
    for row in rows_of(book, "Exceptions"):
        if row["What"] == "parked payer":
            yield f"parked.{row['Of']}", row["Left out"]


def _payers(book: Any) -> Iterator[tuple[str, Any]]:
    for row in rows_of(book, "Payers"):
        yield from ((f"changes.{row['Payer']}.{name}", row[heading]) for name, heading in COMPARED.items())


def _documents(book: Any) -> Iterator[tuple[str, Any]]:
    for row in rows_of(book, "Invoices"):
        key = row["Number"].replace("Total", "total")
        yield from ((f"documents.{key}.{name.lower()}", row[name]) for name in ("Net", "VAT", "Gross"))
        due = row["Due on"]
        yield f"documents.{key}.due", due.date().isoformat() if isinstance(due, datetime) else due
    for row in rows_of(book, "Files"):
        yield f"files.{row['File']}.sha256", row["SHA-256"]
    for row in rows_of(book, "Documents"):
        yield f"drawn.{row['Kind']}.files", row["Files"]


def _receivables(book: Any) -> Iterator[tuple[str, Any]]:
    for row in rows_of(book, "Ageing"):
        key = AGES.get(row["Age"], "total")
        yield f"receivables.{key}.open", row["Open"]
        yield f"receivables.{key}.contested", row["Contested"]
    for row in rows_of(book, "Dunning"):
        yield from (
            (f"dunning.{row['Level']}.{name}", row[heading])
            for name, heading in (("letters", "Letters"), ("payers", "Payers"), ("about", "Open"))
        )


def _reconciliation(book: Any) -> Iterator[tuple[str, Any]]:
    key_of: dict[int, str] = {}
    for row in list(rows_of(book, "Reconciliation"))[1:]:
        before = sum(key.split(".")[1] == row["Unit"] for key in key_of.values())
        key_of[row["Row"]] = f"reconciliation.{row['Unit']}.{before + 1}"
        yield f"{key_of[row['Row']]}.difference", row["Difference"]
    counted: dict[str, int] = {}
    for row in list(rows_of(book, "Accounted for"))[1:]:
        way, heading = ("in", "Came in") if row["Way"] == "came in" else ("out", "Went to")
        key = f"{key_of[row['Row']]}.{way}"
        counted[key] = counted.get(key, 0) + 1
        yield f"{key}.{counted[key]}", row[heading]


@pytest.mark.parametrize("payers", [2, 60])
def test_every_figure_of_the_page_stands_in_the_workbook(payers: int) -> None:
    report = close_of(payers)
    page, sheets = on_the_page(report), in_the_workbook(workbook(report))
    assert len(page) > 100
    assert {key: plain(shown) for key, shown in page.items()} == {key: sheets.get(key) for key in page}


def test_a_figure_that_differs_is_seen() -> None:
    report = close_of(12)
    other = replace(report, reasons=replace(report.reasons, price=report.reasons.price + 1))
    page, sheets = on_the_page(report), in_the_workbook(workbook(other))
    assert [key for key, shown in page.items() if plain(shown) != sheets[key]] == ["reasons.price", "reasons.total"]
