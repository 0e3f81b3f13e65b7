"""The checks of the workbook: figures of its summary and bridge beside the sums of the sheets they come from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from reports.close_records import CloseReport
from reports.close_sheets import DIFFERENCE, LAST, REASONS, THIS, reason_of
from reports.sheets import FIRST_ROW, Column, Sheet, Table, columns_of, title

NET_ROW, VAT_ROW, GROSS_ROW = range(FIRST_ROW, FIRST_ROW + 3)  # of the summary
NET, VAT, GROSS, NET_BEFORE, NET_CHANGE = f"B{NET_ROW + 1}", f"B{VAT_ROW + 1}", f"B{GROSS_ROW + 1}", f"C{NET_ROW + 1}", f"D{NET_ROW + 1}"
COLUMNS = (
    Column("Check", width=36),
    Column("Figure", "euro", 20),
    Column("Sum of the sheet", "euro", 20),
    Column(DIFFERENCE, "euro", 18),
    Column("Result", width=12),
)


class Check(NamedTuple):
    """Two ways to a figure that must agree: a cell or a value, and the sum of cells of a sheet."""

    what: str
    cell: str
    figure: Decimal
    cells: str
    found: Decimal

    @property
    def agrees(self) -> bool:
        """Whether both ways come to the same."""
        return self.figure == self.found


def checks_of(report: CloseReport, tables: Mapping[str, Table]) -> list[Check]:
    """Returns the figures that must agree between the sheets."""
    return list(_checks(report, tables))


def _checks(report: CloseReport, tables: Mapping[str, Table]) -> Iterator[Check]:
    net, vat, gross, before = (f"Summary!{cell}" for cell in (NET, VAT, GROSS, NET_BEFORE))
    now = report.totals
    for name in ("Services", "Partners", "Payers"):
        yield _check(f"Net, by {name.lower()}", net, now.net, tables[name], THIS)
        yield _check(f"Net of last month, by {name.lower()}", before, report.totals_before.net, tables[name], LAST)
    yield _check("Net, by invoices", net, now.net, tables["Invoices"], "Net")
    yield _check("VAT, by invoices", vat, now.vat, tables["Invoices"], "VAT")
    yield _check("Gross, by invoices", gross, now.gross, tables["Invoices"], "Gross")
    yield _check("Net, by kinds of charge", net, now.net, tables["Lines"], "Net")
    change = sum((reason_of(report, reason) for reason in REASONS), Decimal(0))
    cells = f"Change!$B${FIRST_ROW + 2}:$B${FIRST_ROW + 1 + len(REASONS)}"
    yield Check("Change, by reasons", f"Summary!{NET_CHANGE}", now.net - report.totals_before.net, cells, change)
    for place, reason in enumerate(REASONS):
        yield _check(f"{reason}, by payers", f"Change!B{FIRST_ROW + 2 + place}", reason_of(report, reason), tables["Payers"], reason)
    differences = sum((abs(row.difference) for row in report.reconciliation), Decimal(0))
    last = FIRST_ROW + max(len(report.reconciliation), 1)
    yield Check("Nothing unaccounted for", "", Decimal(0), f"Reconciliation!$G${FIRST_ROW + 1}:$G${last}", differences)


def _check(what: str, cell: str, value: Decimal, table: Table, heading: str) -> Check:
    return Check(what, cell, value, table.cells(heading), table.sum(heading))


def write_checks(sheet: Sheet, checks: Sequence[Check]) -> None:
    """Write each figure beside the sum of the sheet it comes from."""
    title(sheet, "Checks", "The same figure on two ways. LOOK means that two sheets disagree.")
    columns_of(sheet, COLUMNS)
    sheet.worksheet.freeze_panes(FIRST_ROW, 1)
    for at, check in enumerate(checks, start=FIRST_ROW):
        sheet.text(at, 0, check.what)
        if check.cell:
            sheet.formula(at, 1, check.cell, check.figure, "euro")
        else:
            sheet.value(at, 1, check.figure, "euro")
        sheet.formula(at, 2, f"SUM({check.cells})", check.found, "euro")
        sheet.formula(at, 3, f"B{at + 1}-C{at + 1}", check.figure - check.found, "euro")
        sheet.words(at, 4, f'IF(D{at + 1}=0,"OK","LOOK")', "OK" if check.agrees else "LOOK", {"bold": True})
