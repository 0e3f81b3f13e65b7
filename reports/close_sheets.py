"""The lists of the close as tables of its workbook: one function a sheet, the same figures as the page."""

from __future__ import annotations

from decimal import Decimal

from reports.close_records import CloseReport, PayerChange
from reports.sheets import Column, Link, Row, Table, table

THIS, LAST, DIFFERENCE = "This month", "Last month", "Difference"
COMPARED = (
    Column(THIS, "euro", total=True),
    Column(LAST, "euro", total=True),
    Column(DIFFERENCE, "euro", total=True, terms=(THIS,), less=(LAST,)),
)
REASONS = ("Price", "Quantity", "Traffic", "New", "Lost", "One-off")
UNITS = {"min": "minutes", "MB": "megabytes", "": "messages"}
NET = "EUR without VAT."


def services(report: CloseReport) -> Table:
    """What each service brings."""
    parts = ("Recurring", "Usage", "Other")
    columns = (
        Column("Service", width=26),
        *(Column(part, "euro", total=True) for part in parts),
        Column(THIS, "euro", total=True, terms=parts),
        *COMPARED[1:],
    )
    rows = [(one.name, one.recurring, one.usage, one.other, None, one.net_before, None) for one in report.services]
    return table("Services", "Revenue by service", f"{NET} This month is recurring, usage and other together.", columns, rows)


def partners(report: CloseReport) -> Table:
    """What partners and the clients they brought are billed."""
    columns = (Column("Partner", width=14), Column("Name", "long", 34), Column("Payers", "whole", 10, total=True), *COMPARED)
    rows = [(one.partner_id, one.name, one.payers, one.net, one.net_before, None) for one in report.partners]
    return table("Partners", "Revenue by partner", f"{NET} A partner with the clients it brought.", columns, rows)


def traffic(report: CloseReport) -> Table:
    """What is billed of calls, messages and data, by destination group."""
    columns = (
        Column("Group", width=18),
        Column("Destinations", "long", 30),
        Column("Unit", width=12),
        Column("Records", "whole", 12, total=True),
        Column("Charged", "figure"),
        Column("In packs", "figure"),
        *COMPARED,
    )
    rows = [
        (one.group, one.name, UNITS[one.unit], one.records, one.charged, one.in_pack, one.net, one.net_before, None)
        for one in report.destinations
    ]
    return table("Traffic", "Traffic by destination group", f"{NET} Charged and in packs in the unit of the row.", columns, rows)


def payers(report: CloseReport) -> Table:
    """Every payer of either month, with the reasons why his bill differs."""
    columns = (
        Column("Payer", width=12),
        Column("Name", "long", 24),
        *COMPARED,
        *(Column(reason, "euro", 11, total=True) for reason in REASONS),
        Column("Unexplained", "euro", 12, total=True, terms=(DIFFERENCE,), less=REASONS),
        Column("Why", "long", 46),
        Column("PDF", width=16),
    )
    shows = f"{NET} Every payer billed in one of the two months; what the reasons are stands in How to read."
    return table("Payers", "Payers", shows, columns, [_payer(one) for one in report.payers or report.changes], frozen=2)


def _payer(one: PayerChange) -> Row:
    why = one.reasons
    reasons = (why.price, why.quantity, why.traffic, why.new, why.lost, why.one_off)
    link = Link(one.link.rpartition("/")[2], one.link) if one.link else ""
    return (one.payer_id, one.name, one.net, one.net_before, None, *reasons, None, one.explanation, link)


def invoices(report: CloseReport) -> Table:
    """Every document of the close, with a link to its PDF."""
    columns = (
        Column("Number", width=16),
        Column("Kind", width=13),
        Column("Payer", width=14),
        Column("Name", "long", 34),
        Column("Net", "euro", total=True),
        Column("VAT", "euro", total=True),
        Column("Gross", "euro", total=True, terms=("Net", "VAT")),
        Column("Due on", "day", 12),
    )
    rows = [
        (Link(one.number or "draft", one.link), one.kind.replace("_", " "), one.payer_id, one.name, one.net, one.vat, None, one.due_on)
        for one in report.invoices
    ]
    return table("Invoices", "Invoices and credit notes", "EUR. A number leads to its PDF, beside this workbook.", columns, rows)


def lines(report: CloseReport) -> Table:
    """What the invoice lines come to, by kind of charge."""
    columns = (Column("Charge", width=20), Column("Lines", "whole", 12, total=True), Column("Net", "euro", total=True))
    rows = [(one.charge.replace("_", " "), one.lines, one.net) for one in report.charges]
    return table("Lines", "Invoice lines by kind of charge", f"{NET} The lines themselves are in invoice_lines.csv.", columns, rows)


def reason_of(report: CloseReport, reason: str) -> Decimal:
    """What one of REASONS comes to over all payers."""
    amount: Decimal = getattr(report.reasons, reason.lower().replace("-", "_"))
    return amount
