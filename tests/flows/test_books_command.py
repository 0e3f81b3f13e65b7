"""`billing books` and `billing write-off` on the small operator, as finance types them; and the files accounting imports."""

import csv
from datetime import date
from pathlib import Path

import pytest

from billing.period import Period
from flows.books import month_of_books
from flows.command_line import main
from tasks.books.winbooks import third_id
from tests.world import world


@pytest.fixture
def closed(here: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """October closed by the command."""
    world().write(here / "feed")
    assert main(["close", "2026-10", "--approve"]) == 0, capsys.readouterr().err
    capsys.readouterr()
    return here


def rows(path: Path, encoding: str = "utf-8") -> list[dict[str, str]]:
    with path.open(encoding=encoding, newline="") as file:
        return list(csv.DictReader(file))


def test_a_month_is_closed_an_amount_given_up_and_the_books_handed_to_accounting(closed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = closed / "out/2026-10"
    assert {row["state"] for row in rows(folder / "journal.csv")} == {"provisional"}
    assert not (folder / "winbooks").exists()

    number = next(row["invoice_number"] for row in rows(folder / "invoices.csv") if row["payer_id"] == "CL-PACK")
    asked = ["--on", "2026-10-31", "--by", "An", "--reason", "not worth a letter"]
    assert main(["write-off", number, "--amount", "1000", *asked]) == 1
    assert f"1000.00 EUR is more than the 81.41 EUR open of invoice {number}" in capsys.readouterr().err
    assert main(["write-off", number, "--amount", "1.41", *asked]) == 0
    assert f"invoice {number}: 1.41 EUR given up on 2026-10-31, 80.00 EUR stay open" in capsys.readouterr().out
    assert main(["statement", "CL-PACK", "--on", "2026-10-31", "--from", "2026-10-01"]) == 0
    assert f"written off  {number}" in capsys.readouterr().out

    assert main(["books", "2026-10", "--on", "2026-10-31"]) == 1
    assert "2026-10 ends on 2026-10-31; its books can be made final from 2026-11-01 on" in capsys.readouterr().err
    assert main(["books", "2026-10", "--on", "2026-11-03"]) == 0
    assert "the books of 2026-10 are final: " in capsys.readouterr().out
    assert main(["books", "2026-10", "--on", "2026-11-04"]) == 0
    assert "the books of 2026-10 were made final on 2026-11-03 by " in capsys.readouterr().out

    journal = rows(folder / "journal.csv")
    assert {row["state"] for row in journal} == {"final"}
    assert [(row["account"], row["debit"], row["credit"]) for row in journal if row["document"] == "LOSS-1"] == [
        ("642000", "1.41", ""), ("400000", "", "1.41"),
    ]  # fmt: skip
    documents = rows(folder / "winbooks" / "DOCUMENTS.CSV", "cp1252")
    assert len(documents) == len(journal)
    (customer,) = (row for row in documents if row["number"] == number.replace("-", "") and row["accounttyp"] == "C")
    assert (customer["jnltype"], customer["accountid"], customer["date"], customer["side"], customer["amount"]) == (
        "SAL", "CL-PACK", "2026/10/28", "D", "81.41",
    )  # fmt: skip
    thirds = {row["ID"]: row for row in rows(folder / "winbooks" / "K_THIRD.CSV", "cp1252")}
    assert (thirds["CL-PACK"]["NAME"], thirds["CL-PACK"]["VATNUMBER"], thirds["CL-PACK"]["CENTACCID"]) == (
        "Boulangerie Trimonde", "0999000723", "400000",
    )  # fmt: skip


def test_a_customer_whose_id_is_too_long_for_winbooks_gets_a_code_of_ten_characters() -> None:
    assert third_id("CL-PACK") == "CL-PACK"
    long, other = third_id("CUSTOMER-000123"), third_id("CUSTOMER-000124")
    assert (len(long), long[:4], long != other) == (10, "CUST", True)


def test_the_books_of_the_third_are_those_of_the_month_before() -> None:
    assert month_of_books("", date(2027, 1, 3)) == Period.month("2026-12")
    assert month_of_books("2026-10", date(2027, 1, 3)) == Period.month("2026-10")
