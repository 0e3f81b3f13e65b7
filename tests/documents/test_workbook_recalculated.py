"""The workbook of a close as LibreOffice calculates it anew: every formula comes to the value it was written with."""

import csv
import io
import re
import subprocess
import zipfile
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from billing.money import ZERO
from reports.close_workbook import ORDER, workbook
from reports.sheets import FIRST_ROW, HEADING_ROW, TOTALS_ROW
from tests.documents.invented_close import close_of
from tests.documents.soffice import EVERY_SHEET_AS_SHOWN, converted

NAMES = (
    "=1+1",
    "+32 2 555",
    "-5",
    "@SUM(A1:A9)",
    "\t=1+1",
    "00123",
    "1e5",
    "<r> & </r>",
    "Caf\N{LATIN SMALL LETTER E WITH ACUTE} \N{GRINNING FACE}",
)
REPORT = close_of(60, NAMES)
SUMMED = {  # the sheets with totals, and the columns these are of
    "Services": ("Recurring", "Usage", "Other", "This month", "Last month", "Difference"),
    "Partners": ("Payers", "This month", "Last month", "Difference"),
    "Traffic": ("Records", "This month", "Last month", "Difference"),
    "Payers": ("This month", "Last month", "Difference", "Price", "Quantity", "Traffic", "New", "Lost", "One-off", "Unexplained"),
    "Invoices": ("Net", "VAT", "Gross"),
    "Lines": ("Lines", "Net"),
    "Exceptions": ("Left out",),
    "Ageing": ("Open", "Contested"),
    "Dunning": ("Letters",),
    "Documents": ("Files", "Bytes"),
    "Files": ("Bytes",),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("workbook")


@pytest.fixture(scope="module")
def written(folder: Path) -> Path:
    file = folder / "close_report.xlsx"
    file.write_bytes(workbook(REPORT))
    return file


@pytest.fixture(scope="module")
def recalculated(folder: Path, written: Path) -> Any:
    """The workbook after LibreOffice opened it, calculated it and saved it."""
    [file] = converted(written, "xlsx", folder)
    return load_workbook(file, data_only=True)


@pytest.fixture(scope="module")
def shown(folder: Path, written: Path) -> dict[str, list[list[str]]]:
    """Each sheet as a person sees it, cell by cell."""
    files = converted(written, EVERY_SHEET_AS_SHOWN, folder)
    return {
        file.stem.removeprefix("close_report-"): list(csv.reader(io.StringIO(file.read_text(encoding="utf-8-sig"), newline="")))
        for file in files
    }


def formula_cells(file: Path) -> list[tuple[str, str]]:
    book = load_workbook(file)
    return [(sheet.title, cell.coordinate) for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]


def test_every_formula_comes_to_the_value_it_was_written_with(written: Path, recalculated: Any) -> None:
    kept = load_workbook(written, data_only=True)
    cells = formula_cells(written)
    assert len(cells) > 300
    differing = {
        (sheet, cell): (kept[sheet][cell].value, recalculated[sheet][cell].value)
        for sheet, cell in cells
        if kept[sheet][cell].value != recalculated[sheet][cell].value
    }
    assert differing == {}


def test_every_total_is_the_sum_of_its_column_added_up_by_us(recalculated: Any) -> None:
    for name, headings in SUMMED.items():
        sheet = recalculated[name]
        place = {cell.value: cell.column for cell in sheet[HEADING_ROW + 1]}
        for heading in headings:
            column = [sheet.cell(row, place[heading]).value for row in range(FIRST_ROW + 1, sheet.max_row + 1)]
            expected = sum((Decimal(repr(value)) for value in column if value is not None), ZERO)
            assert Decimal(repr(sheet.cell(TOTALS_ROW + 1, place[heading]).value)) == expected, (name, heading)


def test_the_checks_agree_after_the_calculation(recalculated: Any) -> None:
    results = [row[4] for row in recalculated["Checks"].iter_rows(min_row=FIRST_ROW + 1, max_col=5, values_only=True)]
    assert set(results) == {"OK"}
    assert len(results) == 18


def test_names_like_formulas_are_still_names_after_the_calculation(recalculated: Any) -> None:
    column = [recalculated["Payers"].cell(row, 2) for row in range(FIRST_ROW + 1, FIRST_ROW + 1 + len(NAMES))]
    assert [(cell.value or "").strip() for cell in column] == [name.strip() for name in NAMES]
    assert {cell.data_type for cell in column} == {"s"}


def test_amounts_are_seen_with_two_decimals_and_names_as_they_are(shown: dict[str, list[list[str]]]) -> None:
    assert shown.keys() == set(ORDER)
    rows = shown["Payers"]
    headings = rows[HEADING_ROW]
    assert [row[1].strip() for row in rows[FIRST_ROW : FIRST_ROW + len(NAMES)]] == [name.strip() for name in NAMES]
    for row in rows[FIRST_ROW:]:
        for heading in SUMMED["Payers"]:
            assert re.fullmatch(r"-?\d{1,3}(,\d{3})*\.\d\d", row[headings.index(heading)]), (heading, row)
    assert shown["Invoices"][FIRST_ROW][7] == "2026-11-27"
    assert [row[5] for row in shown["Reconciliation"][FIRST_ROW:]] == ["0", "0", "0.00"]


def test_a_value_that_was_wrong_would_be_found(folder: Path, written: Path) -> None:
    """The calculation is LibreOffice's own: a value spoilt in the file comes back right."""
    net = repr(float(REPORT.totals.net))
    spoilt = folder / "spoilt.xlsx"
    with zipfile.ZipFile(written) as source, zipfile.ZipFile(spoilt, "w") as target:
        for name in source.namelist():
            target.writestr(
                name,
                source.read(name).replace(f"<v>{net}</v></c>".encode(), b"<v>666.66</v></c>") if "sheet6" in name else source.read(name),
            )
    total = f"C{TOTALS_ROW + 1}"
    assert load_workbook(spoilt, data_only=True)["Payers"][total].value == 666.66
    apart = folder / "apart"
    [file] = converted(spoilt, "xlsx", apart)
    assert load_workbook(file, data_only=True)["Payers"][total].value == float(REPORT.totals.net)


def test_it_prints_one_page_in_width_with_headings_and_page_numbers_on_each(folder: Path, written: Path) -> None:
    [pdf] = converted(written, "pdf", folder)
    pages = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], capture_output=True, text=True, check=True).stdout.split("\f")[:-1]
    assert all(f"Page {number} of {len(pages)}" in page for number, page in enumerate(pages, start=1))
    payers = [page for page in pages if re.search(r"Close 2026-10\s+Payers\s+Page", page)]
    assert len(payers) > 1
    assert all(re.search(r"Payer\s+Name\s+This month\s+Last month\s+Difference\s+Price.*Why\s+PDF", page) for page in payers)


def test_a_close_without_payers_is_calculated_alike(folder: Path) -> None:
    nothing = replace(
        REPORT, services=(), partners=(), payers=(), changes=(), invoices=(), charges=(), reconciliation=(), files=(), documents=(),
        totals=replace(REPORT.totals, net=ZERO, vat=ZERO, gross=ZERO), totals_before=replace(REPORT.totals, net=ZERO, vat=ZERO, gross=ZERO),
        reasons=type(REPORT.reasons)(),
    )  # fmt: skip
    file = folder / "nothing.xlsx"
    file.write_bytes(workbook(nothing))
    kept = load_workbook(file, data_only=True)
    [after] = converted(file, "xlsx", folder / "nothing")
    again = load_workbook(after, data_only=True)
    assert all(kept[sheet][cell].value == again[sheet][cell].value for sheet, cell in formula_cells(file))
    assert kept["Payers"][f"C{TOTALS_ROW + 1}"].value == 0
