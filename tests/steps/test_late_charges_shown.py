"""What is seen of late charges: the debit note on paper and in the files equals the ledger; interest not charged yet stands on statements."""

import csv
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy.exc import IntegrityError

from tasks.late_charges import accrued, preview
from tasks.outside import Outside
from tasks.receivables import receivables
from tasks.statement import as_text, statement
from tests.documents.reading import text
from tests.steps.delivery_scene import mails
from tests.steps.late_scene import LateScene

pytestmark = pytest.mark.clause("CG-2.e")

D = Decimal


@pytest.fixture
def scene(outside: Outside) -> LateScene:
    """ALFA (English) and BETA (Dutch) are late with 1000.00 since 28 November; ALFA paid 400.00 on 10 January and got a letter with a fee."""
    scene = LateScene(outside)
    scene.someone("BETA", language="nl")
    number = scene.due("2026-11-28")
    scene.due("2026-11-28", payer_id="BETA")
    scene.paid(number, "400.00", "2027-01-10")
    scene.letter(number, "2026-12-12")
    return scene


def test_the_paper_the_mail_and_the_files_say_what_the_ledger_says(outside: Outside, scene: LateScene) -> None:
    scene.day("2027-01-01")
    scene.whole_day("2027-02-01")
    assert scene.charged("2027-02") == ["ALFA interest 2026-000001 6.00 after 10.00", "BETA interest 2026-000002 10.00 after 10.00"]
    paper, dutch = (text(scene.pdf_of(number).read_bytes()) for number in ("D2027-000003", "D2027-000004"))
    for shown in (
        "Debit note D2027-000003",
        "Late interest on invoice 2026-000001 CG-2.e 29/11/26 – 28/01/27 6.00",
        "29/11/2026 – 28/12/2026 1,000.00 1% 1 10.00 29/12/2026 – 28/01/2027 600.00 1% 1 6.00",
        "Interest to date, rounded to the cent 16.00 Already charged -10.00 Charged now 6.00",
        "article 28, 3°, of the Belgian VAT Code",
        "by 3 March 2027",
    ):
        assert shown in paper
    assert "Nalatigheidsinterest op factuur 2026-000002" in dutch
    [mail] = [each for each in mails(scene.mailbox) if "D2027-000003" in str(each["Subject"])]
    body = mail.get_body(("plain",))
    assert body is not None
    assert "debit note D2027-000003 of 1 February 2027" in body.get_content()
    rows = list(csv.DictReader((scene.out / "2027-02" / "invoices.csv").open(encoding="utf-8")))
    assert [(row["invoice_number"], row["kind"], row["net"], row["vat"], row["gross"]) for row in rows] == [
        ("D2027-000003", "debit_note", "6.00", "0.00", "6.00"),
        ("D2027-000004", "debit_note", "10.00", "0.00", "10.00"),
    ]
    lines = list(csv.DictReader((scene.out / "2027-02" / "invoice_lines.csv").open(encoding="utf-8")))
    assert [(row["charge"], row["from_day"], row["to_day"], row["net"], row["vat_category"], row["clause"]) for row in lines] == [
        ("interest", "2026-11-29", "2027-01-28", "6.00", "O", "CG-2.e"),
        ("interest", "2026-11-29", "2027-01-28", "10.00", "O", "CG-2.e"),
    ]


def test_interest_not_charged_yet_stands_beside_the_balance_until_a_debit_note_asks_it(outside: Outside, scene: LateScene) -> None:
    def shown(on: date) -> list[str]:
        found = statement(outside.engine, "ALFA", on, settings=outside.settings)
        return [line.strip() for line in as_text(found).splitlines() if "late interest" in line or (" open " in line and "overdue" in line)]

    assert shown(date(2026, 12, 27)) == ["2026-000001  of 2026-10-29  due 2026-11-28      1,000.00  open     1,000.00, 29 days overdue",
                                         "open 1,000.00, overdue 1,000.00"]  # fmt: skip
    assert "beside the balance, late interest not charged yet 10.00" in shown(date(2026, 12, 28))
    scene.day("2027-01-01")
    assert not any("late interest" in line for line in shown(date(2027, 1, 2)))
    assert "beside the balance, late interest not charged yet 6.00" in shown(date(2027, 1, 28))
    receivables(outside, date(2027, 1, 28), with_statements=True)
    assert "late interest to date, not charged yet: €6.00" in text((scene.out / "2027-01" / "statements" / "ALFA.pdf").read_bytes())


def test_a_debit_note_stands_in_the_ageing_and_bears_no_interest_itself(outside: Outside, scene: LateScene) -> None:
    scene.day("2027-01-01")  # due 31 January
    for month in ("2027-02-01", "2027-03-01", "2027-04-01", "2027-05-01"):
        scene.day(month)
    assert {row.split()[2] for row in scene.charged() if "interest" in row} == {"2026-000001", "2026-000002"}
    with outside.engine.connect() as conn:
        grown = accrued(conn, outside.settings, ["ALFA", "BETA", "NOBODY"], date(2027, 5, 28))
    assert {payer: [(one.number, str(one.amount)) for one in found] for payer, found in grown.items()} == {
        "ALFA": [("2026-000001", "6.00")],
        "BETA": [("2026-000002", "10.00")],
    }
    assert receivables(outside, date(2027, 5, 28)).total == D("600.00") + D("1000.00") + D("20.00") + D("24.00") + D("50.00")


def test_a_preview_says_what_would_be_charged_and_writes_nothing(outside: Outside, scene: LateScene) -> None:
    with outside.engine.connect() as conn:
        found = preview(conn, outside.settings, date(2027, 1, 1))
    assert str(found) == "late charges (due now): 2 debit notes, 30.00 EUR"
    assert [(each.payer_id, [str(one.amount) for one in each.charges]) for each in found.charged] == [
        ("ALFA", ["10.00", "10.00"]), ("BETA", ["10.00"]),
    ]  # fmt: skip
    assert scene.say("select count(*) from run where kind = 'late_charges'") == [(0,)]
    scene.day("2027-01-01")
    with outside.engine.connect() as conn:
        assert str(preview(conn, outside.settings, date(2027, 1, 15))).startswith("late charges (not due now): 0 debit notes, 0.00 EUR")


@pytest.mark.parametrize("table", ["late_charge", "interest_delay"])
def test_what_stands_on_an_issued_debit_note_can_never_change(scene: LateScene, table: str) -> None:
    scene.day("2027-01-01")
    for statement_ in (f"update {table} set from_day = from_day - 1", f"delete from {table}"):
        with pytest.raises(IntegrityError, match="is on an issued debit note and can never change"):
            scene.say(statement_)
