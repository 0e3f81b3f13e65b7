"""A table as a sheet of a workbook: frozen headings under a filter, totals above them as formulas, ready to print.

Every formula carries its value, so that a viewer that does not calculate shows it. Amounts are rounded to the cent in the formula
as well: sums of binary fractions are not exact, and a difference of nothing must show as nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Literal

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from reports.sheet_text import cell_text, looks_like_a_formula, relative_link

Kind = Literal["text", "long", "euro", "figure", "whole", "day", "moment"]
Value = str | int | Decimal | date | None

HEADING_ROW = 4  # counted from 0: title, what it shows, a blank, totals, headings
TOTALS_ROW = HEADING_ROW - 1
FIRST_ROW = HEADING_ROW + 1
LINKS_OF_A_SHEET = 65_530
A4 = 9
ZERO = Decimal(0)
FIGURES = {"euro", "figure", "whole"}
LINE_HEIGHT, MOST_HEIGHT = 13, 409
Style = Mapping[str, object]
PLAIN: Style = {}
LEFT: Style = {"align": "left", "indent": 1}  # so that words keep away from the figures before them
RIGHT: Style = {"align": "right"}
HEADING: Style = {"bold": True, "bg_color": "#E8EDF2", "bottom": 1}
TOTAL: Style = {"bold": True, "top": 1}

NUMBERS: Mapping[Kind, str] = {
    "euro": "#,##0.00;[Red]-#,##0.00",
    "figure": "#,##0.00;[Red]-#,##0.00",
    "whole": "#,##0;[Red]-#,##0",
    "day": "yyyy-mm-dd",
    "moment": "yyyy-mm-dd hh:mm",
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column. With `terms` it is a formula of others: their sum, those in `less` taken off. `total` asks for its sum."""

    heading: str
    kind: Kind = "text"
    width: int = 14
    total: bool = False
    terms: tuple[str, ...] = ()
    less: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """A text that leads to a file beside the workbook; a text only when `path` is "" or leads elsewhere."""

    text: str
    path: str


Row = Sequence[Value | Link]


@dataclass(frozen=True, slots=True)
class Table:
    """What a sheet shows. A row has a value for each column, those of formulas as well; None is an empty cell."""

    name: str
    title: str
    shows: str
    columns: tuple[Column, ...]
    rows: Sequence[Row]
    frozen: int = 1

    def at(self, heading: str) -> int:
        """The place of a column, from 0."""
        return _place(self.columns, heading)

    def sum(self, heading: str) -> Decimal:
        """The sum of a column."""
        place = self.at(heading)
        return sum((_number(row[place]) for row in self.rows), ZERO)

    def cells(self, heading: str) -> str:
        """The cells of a column, for a formula on another sheet."""
        letter = xl_col_to_name(self.at(heading))
        return f"'{self.name}'!${letter}${FIRST_ROW + 1}:${letter}${FIRST_ROW + max(len(self.rows), 1)}"


def table(name: str, title: str, shows: str, columns: tuple[Column, ...], rows: Iterable[Row], frozen: int = 1) -> Table:
    """Returns a table whose formula columns, None in the rows given, have their values; what they add up stands to their left."""
    formulas = [
        (place, [_place(columns, heading) for heading in column.terms], [_place(columns, heading) for heading in column.less])
        for place, column in enumerate(columns)
        if column.terms
    ]
    filled = []
    for row in rows:
        values = list(row)
        for place, plus, less in formulas:
            values[place] = sum((_number(values[at]) for at in plus), ZERO) - sum((_number(values[at]) for at in less), ZERO)
        filled.append(values)
    return Table(name, title, shows, columns, filled, frozen)


def _place(columns: Sequence[Column], heading: str) -> int:
    return next(place for place, column in enumerate(columns) if column.heading == heading)


class Styles:
    """The formats of a workbook, each made once."""

    def __init__(self, workbook: Workbook) -> None:
        self.workbook = workbook
        self.made: dict[tuple[tuple[str, object], ...], Format] = {}

    def style(self, properties: Style) -> Format:
        """The format with these properties of xlsxwriter, in the typeface of the workbook."""
        key = tuple(sorted(properties.items()))
        if key not in self.made:
            self.made[key] = self.workbook.add_format({"font_name": "Arial", "font_size": 10, "valign": "top", **properties})
        return self.made[key]

    def of(self, kind: Kind, more: Style = PLAIN) -> Format:
        """The format of values of a kind."""
        if kind in NUMBERS:
            return self.style({"num_format": NUMBERS[kind], **(RIGHT if kind in FIGURES else LEFT), **more})
        return self.style({"text_wrap": kind == "long", **LEFT, **more})


class Sheet:
    """A sheet being written. Texts only ever go in as texts."""

    def __init__(self, worksheet: Worksheet, styles: Styles) -> None:
        self.worksheet = worksheet
        self.styles = styles
        self.links = 0

    def text(self, row: int, place: int, text: str, kind: Kind = "text", style: Style = PLAIN) -> None:
        """Write a text as it is. One like a formula stays a text when the cell is edited."""
        shown = cell_text(text)
        if looks_like_a_formula(shown):
            style = {**style, "quote_prefix": True}
        self.worksheet.write_string(row, place, shown, self.styles.of(kind, style))

    def value(self, row: int, place: int, value: Value | Link, kind: Kind, style: Style = PLAIN) -> None:
        """Write a value as its column wants it; nothing for None or an empty text."""
        if isinstance(value, Link):
            self._link(row, place, value)
        elif isinstance(value, str):
            if value:
                self.text(row, place, value, kind, style)
        elif isinstance(value, datetime):
            self.worksheet.write_datetime(row, place, value.replace(tzinfo=None), self.styles.of(kind, style))
        elif isinstance(value, date):
            self.worksheet.write_datetime(row, place, datetime.combine(value, time()), self.styles.of(kind, style))
        elif value is not None:
            shown: Kind = "whole" if kind == "figure" and isinstance(value, int) else kind
            self.worksheet.write_number(row, place, float(value), self.styles.of(shown, style))

    def formula(self, row: int, place: int, formula: str, value: Decimal, kind: Kind, style: Style = PLAIN) -> None:
        """Write a formula of ours with the value it has. Amounts and figures are rounded to the cent."""
        rounded = formula if kind == "whole" else f"ROUND({formula},2)"
        self.worksheet.write_formula(row, place, f"={rounded}", self.styles.of(kind, style), float(value))

    def words(self, row: int, place: int, formula: str, value: str, style: Style = PLAIN) -> None:
        """Write a formula of ours that comes to a word."""
        self.worksheet.write_formula(row, place, f"={formula}", self.styles.of("text", style), value)

    def heading(self, row: int, place: int, column: Column) -> None:
        """Write the heading of a column, above its values."""
        self.text(
            row, place, column.heading, "long", {**HEADING, "align": "right" if column.kind in {"euro", "figure", "whole"} else "left"}
        )

    def height(self, row: int, texts: Iterable[tuple[str, int]]) -> None:
        """Give a row the height its texts take when broken at the widths given; not all viewers find it out."""
        lines = max((_lines(text, width) for text, width in texts), default=1)
        if lines > 1:
            self.worksheet.set_row(row, min(lines * LINE_HEIGHT, MOST_HEIGHT))

    def _link(self, row: int, place: int, link: Link) -> None:
        address = relative_link(link.path)
        self.links += bool(address)
        if not address or self.links > LINKS_OF_A_SHEET:
            self.text(row, place, link.text)
            return
        shown = cell_text(link.text)
        style = self.styles.style({**LEFT, "font_color": "#0563C1", "underline": 1, "quote_prefix": looks_like_a_formula(shown)})
        self.worksheet.write_url(row, place, f"external:{address}", style, shown)


def write_table(sheet: Sheet, table: Table) -> None:
    """Write the table on its sheet; one without rows says so."""
    title(sheet, table.title, table.shows)
    columns_of(sheet, table.columns)
    _write_totals(sheet, table)
    formulas = {place: _formula(table, column) for place, column in enumerate(table.columns) if column.terms}
    long = [(place, column.width) for place, column in enumerate(table.columns) if column.kind == "long"]
    for at, row in enumerate(table.rows, start=FIRST_ROW):
        for place, column in enumerate(table.columns):
            if place in formulas:
                sheet.formula(at, place, formulas[place].format(row=at + 1), _number(row[place]), column.kind)
            else:
                sheet.value(at, place, row[place], column.kind)
        sheet.height(at, [(_words(row[place]), width) for place, width in long])
    if not table.rows:
        sheet.text(FIRST_ROW, 0, "None.", style={"italic": True})
    sheet.worksheet.autofilter(HEADING_ROW, 0, HEADING_ROW + max(len(table.rows), 1), len(table.columns) - 1)
    sheet.worksheet.freeze_panes(FIRST_ROW, table.frozen)


def title(sheet: Sheet, heading: str, shows: str) -> None:
    """Write what stands on top of a sheet."""
    sheet.worksheet.set_row(0, 20)
    sheet.text(0, 0, heading, style={"bold": True, "font_size": 14, "indent": 0})
    sheet.text(1, 0, shows, style={"font_color": "#555555", "indent": 0})


def print_setup(sheet: Sheet, footer: str) -> None:
    """A4 landscape, as many pages high as needed and one wide; the footer says the workbook, the sheet and the page."""
    sheet.worksheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})  # ids are texts, leading zeros and all
    sheet.worksheet.set_landscape()
    sheet.worksheet.set_paper(A4)
    sheet.worksheet.fit_to_pages(1, 0)
    sheet.worksheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.worksheet.set_footer(f"&L&8{footer}&C&8&A&R&8Page &P of &N", {"scale_with_doc": False})


def columns_of(sheet: Sheet, columns: Sequence[Column]) -> None:
    """Set the columns of a sheet with their headings, which every printed page repeats."""
    for place, column in enumerate(columns):
        sheet.worksheet.set_column(place, place, column.width)
        sheet.heading(HEADING_ROW, place, column)
    sheet.worksheet.repeat_rows(HEADING_ROW)


def _write_totals(sheet: Sheet, table: Table) -> None:
    """Write above each column that has one the sum of the rows that the filter shows."""
    if not any(column.total for column in table.columns):
        return
    for place, column in enumerate(table.columns):
        sheet.text(TOTALS_ROW, place, "" if place else "Total", style=TOTAL)
        if column.total:
            letter = xl_col_to_name(place)
            cells = f"{letter}{FIRST_ROW + 1}:{letter}{FIRST_ROW + max(len(table.rows), 1)}"
            sheet.formula(TOTALS_ROW, place, f"SUBTOTAL(109,{cells})", table.sum(column.heading), column.kind, TOTAL)


def _formula(table: Table, column: Column) -> str:
    """The formula of a column, for the row it is formatted with."""
    plus, less = ([f"{xl_col_to_name(table.at(heading))}{{row}}" for heading in headings] for headings in (column.terms, column.less))
    return "-".join(["+".join(plus), *less])


def _words(value: Value | Link) -> str:
    return value.text if isinstance(value, Link) else str(value or "")


def _lines(text: str, width: int) -> int:
    """About how many lines a text takes in a column: widths are counted in digits, and letters are narrower."""
    return sum(-(-len(part) * 8 // (width * 10)) or 1 for part in text.split("\n"))


def _number(value: Value | Link) -> Decimal:
    return Decimal(value) if isinstance(value, int | Decimal) else ZERO
