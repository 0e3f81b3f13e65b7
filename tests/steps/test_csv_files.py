"""Lists as CSV: what anybody can write into them (the communication of a payment, the name of a client) starts nothing in a spreadsheet."""

from dataclasses import dataclass
from decimal import Decimal

import pytest

from tasks.csv_files import csv_text


@dataclass(frozen=True, slots=True)
class Row:
    text: str
    amount: Decimal


@pytest.mark.parametrize(
    "text",
    ["=HYPERLINK(0)", "@SUM(A1)", "+cmd|' /C calc'!A0", "-2+3+cmd|' /C calc'!A0", "\t=1+1", "\r=1+1"],
)
def test_a_text_that_a_spreadsheet_would_compute_begins_with_an_apostrophe(text: str) -> None:
    assert csv_text(Row, [Row(text, Decimal("-1.50"))]).replace('"', "").split("\n", 1)[1] == f"'{text},-1.50\n"


@pytest.mark.parametrize("text", ["+++260/0000/11183+++", "+32 2 588 01 95", "-", "-12.50", "Garage = Peeters @ Zonen", "E-17", ""])
def test_references_numbers_and_names_stay_as_they_are(text: str) -> None:
    assert csv_text(Row, [Row(text, Decimal("-0.0125"))]) == f"text,amount\n{text},-0.0125\n"
