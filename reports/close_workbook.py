"""The close as a workbook: the content of the page as sheets with filters, totals as formulas, ready to print."""

from __future__ import annotations

from datetime import datetime, time
from io import BytesIO

from xlsxwriter.workbook import Workbook

from reports import close_control_sheets, close_sheets
from reports.close_checks import checks_of, write_checks
from reports.close_front_sheets import write_change, write_how_to_read, write_reconciliation, write_summary
from reports.close_records import CloseReport
from reports.sheets import Sheet, Styles, Table, print_setup, write_table

TABLES = (
    close_sheets.services,
    close_sheets.partners,
    close_sheets.traffic,
    close_sheets.payers,
    close_sheets.invoices,
    close_sheets.lines,
    close_control_sheets.exceptions,
    close_control_sheets.gates,
    close_control_sheets.reconciled,
    close_control_sheets.ageing,
    close_control_sheets.dunning,
    close_control_sheets.policies,
    close_control_sheets.decisions,
    close_control_sheets.documents,
    close_control_sheets.files,
)
ORDER = (
    "Summary",
    "Change",
    "Services",
    "Partners",
    "Traffic",
    "Payers",
    "Invoices",
    "Lines",
    "Exceptions",
    "Gates",
    "Reconciliation",
    "Accounted for",
    "Ageing",
    "Dunning",
    "Policy",
    "Review",
    "Documents",
    "Files",
    "Checks",
    "How to read",
)


def workbook(report: CloseReport) -> bytes:
    """Returns the workbook as xlsx. The same report gives the same bytes: the date of creation is the close date."""
    out = BytesIO()
    options = {"in_memory": True, "strings_to_numbers": False, "strings_to_formulas": False, "strings_to_urls": False}
    book = Workbook(out, options)
    created = datetime.combine(report.on, time())
    book.set_properties({"title": f"Close {report.month:%Y-%m}", "subject": report.state, "created": created})
    book.set_calc_mode("auto")
    styles = Styles(book)
    sheets = {name: Sheet(book.add_worksheet(name), styles) for name in ORDER}
    tables = {table.name: table for table in (make(report) for make in TABLES)}
    _write(report, sheets, tables)
    for sheet in sheets.values():
        print_setup(sheet, f"Close {report.month:%Y-%m}")
    sheets["Summary"].worksheet.activate()
    book.close()
    return out.getvalue()


def _write(report: CloseReport, sheets: dict[str, Sheet], tables: dict[str, Table]) -> None:
    write_summary(sheets["Summary"], report, tables)
    write_change(sheets["Change"], report)
    write_reconciliation(sheets["Reconciliation"], report, tables["Accounted for"])
    write_checks(sheets["Checks"], checks_of(report, tables))
    write_how_to_read(sheets["How to read"])
    for name, table in tables.items():
        write_table(sheets[name], table)
