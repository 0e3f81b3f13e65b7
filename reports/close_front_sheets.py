"""The sheets of the workbook that are no lists: summary, bridge of the change, reconciliation, and how to read it all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from reports.close_checks import GROSS_ROW, NET_ROW, VAT_ROW, Check, checks_of
from reports.close_control_sheets import figure
from reports.close_reading import DEFINITIONS
from reports.close_records import CloseReport, State
from reports.close_sheets import DIFFERENCE, LAST, REASONS, THIS, reason_of
from reports.sheets import FIRST_ROW, HEADING_ROW, LEFT, TOTAL, Column, Kind, Sheet, Table, Value, columns_of, table, title, write_table

STATES: Mapping[State, str] = {
    "preview": "Preview: nothing is issued, nothing was changed.",
    "waiting": "Drafts, waiting for approval.",
    "closed": "Closed: issued.",
}
MONTHS = (
    Column("", width=34),
    Column(THIS, "euro", 24),
    Column(LAST, "euro", 18),
    Column(DIFFERENCE, "euro", 18),
)
MEANS = {
    "Price": "another unit price of the same line, at this month's quantity",
    "Quantity": "all else of recurring charges: users, channels, days",
    "Traffic": "calls, messages and data out of the packs",
    "New": "payers billed this month and not last month",
    "Lost": "payers billed last month and not this month",
    "One-off": "what is charged or credited once",
}


def write_summary(sheet: Sheet, report: CloseReport, tables: Mapping[str, Table]) -> None:
    """Write the totals against last month, what to know of the close, and whether its sheets agree."""
    title(sheet, f"Close {report.name}", STATES[report.state])
    columns_of(sheet, MONTHS)
    sheet.worksheet.freeze_panes(FIRST_ROW, 1)
    _write_totals(sheet, report)
    _write_facts(sheet, report, GROSS_ROW + 5, checks_of(report, tables))


def _write_totals(sheet: Sheet, report: CloseReport) -> None:
    now, before = report.totals, report.totals_before
    figures: tuple[tuple[str, int | Decimal, int | Decimal], ...] = (
        ("Net", now.net, before.net),
        ("VAT", now.vat, before.vat),
        ("Gross", now.gross, before.gross),
        ("Invoices", now.invoices, before.invoices),
        ("Credit notes", now.credit_notes, before.credit_notes),
        ("Payers", now.payers, before.payers),
    )
    for row, (what, this, last) in enumerate(figures, start=NET_ROW):
        kind: Kind = "euro" if row <= GROSS_ROW else "whole"
        sheet.text(row, 0, what)
        for place, letter, value in ((1, "B", this), (2, "C", last)):
            if row == GROSS_ROW:
                sheet.formula(row, place, f"{letter}{NET_ROW + 1}+{letter}{VAT_ROW + 1}", Decimal(value), kind, TOTAL)
            else:
                sheet.value(row, place, value, kind)
        sheet.formula(row, 3, f"B{row + 1}-C{row + 1}", Decimal(this) - Decimal(last), kind)


def _write_facts(sheet: Sheet, report: CloseReport, row: int, checks: Sequence[Check]) -> None:
    """Write what to know of the close from a row on."""
    for what, value, kind in _facts(report):
        if value is not None and value != "":
            sheet.text(row, 0, what)
            sheet.value(row, 1, value, kind, LEFT)
            row += 1
    sheet.text(row, 0, "Checks of this workbook")
    cells = f"Checks!$E${FIRST_ROW + 1}:$E${FIRST_ROW + len(checks)}"
    agree = "all OK" if all(check.agrees for check in checks) else "LOOK: see Checks"
    sheet.words(row, 1, f'IF(COUNTIF({cells},"OK")={len(checks)},"all OK","LOOK: see Checks")', agree, {"bold": True})


def _facts(report: CloseReport) -> Iterator[tuple[str, Value, Kind]]:
    review, owed = report.review, report.receivables
    yield "Close date", report.on, "day"
    yield "Compared with the close of", f"{report.before:%B %Y}" if report.before else "none: this is the first", "text"
    yield "Issued on", report.issued_on, "day"
    yield "Approved by", review.approved_by, "text"
    yield "Approved at (Brussels time)", review.approved_at, "moment"
    yield "Answer wanted by (Brussels time)", review.deadline if report.state == "waiting" else None, "moment"
    yield "Inventory counted from the snapshot of", report.snapshot_on, "day"
    yield "Elements in it", report.elements, "whole"
    yield "Its content hash (SHA-256)", report.content_hash, "text"
    yield "Invoiced on order in the month, documents", report.order_invoices, "whole"
    yield "Invoiced on order in the month, net", report.order_net, "euro"
    yield "Invoices sent by mail", report.mailed, "whole"
    yield "Invoices on the portal", report.published, "whole"
    yield "Payers parked", len(report.parked), "whole"
    yield "Contracts not in force", len(report.not_in_force), "whole"
    yield "Invoices not delivered", len(report.failed), "whole"
    yield "Open receivables, with VAT", owed.total, "euro"
    yield "Of these past their due date", owed.overdue, "euro"
    yield "Of these contested", owed.contested, "euro"
    yield "Payers who owe", owed.debtors, "whole"
    yield "In favour of payers", owed.in_favour, "euro"


def write_change(sheet: Sheet, report: CloseReport) -> None:
    """Write how the net of last month becomes that of this month, reason by reason."""
    title(sheet, "Change of the net", "EUR without VAT. From last month to this month, reason by reason.")
    columns_of(
        sheet, (Column("Reason", width=22), Column("Amount", "euro", 18), Column("Comes to", "euro", 18), Column("What it is", width=70))
    )
    sheet.worksheet.freeze_panes(FIRST_ROW, 1)
    sheet.text(FIRST_ROW, 0, "Net last month", style=TOTAL)
    sheet.formula(FIRST_ROW, 1, f"Summary!C{NET_ROW + 1}", report.totals_before.net, "euro", TOTAL)
    sheet.formula(FIRST_ROW, 2, f"B{FIRST_ROW + 1}", report.totals_before.net, "euro", TOTAL)
    comes_to = report.totals_before.net
    for row, reason in enumerate(REASONS, start=FIRST_ROW + 1):
        comes_to += reason_of(report, reason)
        sheet.text(row, 0, reason)
        sheet.value(row, 1, reason_of(report, reason), "euro")
        sheet.formula(row, 2, f"C{row}+B{row + 1}", comes_to, "euro")
        sheet.text(row, 3, MEANS[reason])
    last = FIRST_ROW + 1 + len(REASONS)
    sheet.text(last, 0, "Net this month", style=TOTAL)
    sheet.formula(last, 1, f"SUM(B{FIRST_ROW + 1}:B{last})", comes_to, "euro", TOTAL)
    sheet.formula(last, 2, f"C{last}", comes_to, "euro", TOTAL)


def write_reconciliation(sheet: Sheet, report: CloseReport, parts: Table) -> None:
    """Write what came in, what it went to and the difference of each row, added up from the parts."""
    title(sheet, "Reconciliation", "Every record, element and euro accounted for; the parts are on the next sheet.")
    columns = (
        Column("Row", "whole", 6),
        Column("What", "long", 44),
        Column("Unit", width=12),
        Column("Came in", "figure", 18),
        Column("Went to", "figure", 18),
        Column(DIFFERENCE, "figure", 18),
        Column("Off by", "figure", 18),
    )
    columns_of(sheet, columns)
    sheet.worksheet.freeze_panes(FIRST_ROW, 2)
    sheet.worksheet.autofilter(HEADING_ROW, 0, HEADING_ROW + max(len(report.reconciliation), 1), len(columns) - 1)
    if not report.reconciliation:
        sheet.text(FIRST_ROW, 0, "None.", style={"italic": True})
    numbers = parts.cells("Row")
    for at, one in enumerate(report.reconciliation, start=FIRST_ROW):
        kind: Kind = "figure" if one.kind == "euros" else "whole"
        sheet.value(at, 0, at - HEADING_ROW, "whole")
        sheet.text(at, 1, one.label, "long")
        sheet.text(at, 2, one.kind)
        for place, heading, amount in ((3, "Came in", one.total), (4, "Went to", one.total - one.difference)):
            sheet.formula(at, place, f"SUMIFS({parts.cells(heading)},{numbers},A{at + 1})", Decimal(figure(one, amount)), kind)
        sheet.formula(at, 5, f"D{at + 1}-E{at + 1}", one.difference, kind)
        sheet.formula(at, 6, f"ABS(F{at + 1})", abs(one.difference), kind)


def write_how_to_read(sheet: Sheet) -> None:
    """Write what the words of the workbook mean."""
    columns = (Column("Word", width=26), Column("Meaning", "long", 120))
    shows = "What the words and figures of this workbook mean. Totals on top of a list are those of the rows its filter shows."
    write_table(sheet, table("How to read", "How to read this workbook", shows, columns, DEFINITIONS))
