"""The books of some months of the small operator: what is on the accounts at each month end, against a computation of its own."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from billing.period import Period
from tasks.books import deferred_at, make_final
from tasks.ledger import Stopped
from tasks.outside import Outside
from tasks.payments import pay
from tasks.write_off import write_off
from tests.steps.books_scene import BooksScene, balances, documents_that_do_not_balance, told

D = Decimal
OCTOBER, NOVEMBER = Period.month("2026-10"), Period.month("2026-11")
NOVEMBER_3 = date(2026, 11, 3)


@pytest.fixture
def scene(outside: Outside) -> BooksScene:
    """Phones ordered on 23 October, and October closed on the 28th."""
    scene = BooksScene(outside)
    scene.bring()
    scene.orders(date(2026, 10, 23))
    scene.close("2026-10")
    return scene


@pytest.mark.clause("BT-2.b")
def test_the_close_of_october_books_every_invoice_and_defers_november(scene: BooksScene) -> None:
    rows, numbers = scene.journal("2026-10"), scene.numbers()
    assert told(rows, numbers["CL-START"]) == [
        "400000 CL-START D 98.49", "700100 C 19.40 S21", "493000 C 62.00 S21", "451000 C 17.09 S21",
    ]  # fmt: skip
    assert told(rows, numbers["CL-LUX"]) == ["400000 CL-LUX D 31.29", "493000 C 31.00 AE", "700100 C 0.29 AE"]
    assert told(rows, numbers["CL-SIP"]) == ["400000 CL-SIP D 50.08", "493000 C 40.00 S21", "700200 C 1.39 S21", "451000 C 8.69 S21"]
    assert {row["state"] for row in rows} == {"provisional"}
    net, gross = D("747.55") + D("178.00"), scene.owed(OCTOBER.last)  # the close, and two phones
    assert balances(rows) == {
        "400000": gross,
        "451000": net - gross,
        "493000": D("-642.00"),  # 62 + 93 + 3 + 279 + 62 + 5 + 40 + 62 + 5 and 31 of CL-LUX: all that is charged for November
        "700100": D("-281.94"),  # 925.55 less 642.00 and the calls of the next two
        "700200": D("-1.39"),
        "700400": D("-0.22"),
    }
    assert scene.not_passed(OCTOBER.last) == D("642.00")


def test_traffic_after_the_close_date_is_accrued_at_the_month_end_and_taken_back_on_the_first(scene: BooksScene) -> None:
    said = scene.final("2026-10", NOVEMBER_3)
    assert said.startswith("the books of 2026-10 are final: ")
    assert "; the last unbilled traffic in the feed is of 2026-10-30: what is delivered later of 2026-10 is not accrued" in said
    rows = scene.journal("2026-10")
    assert told(rows, "ACC-2026-10") == ["404000 D 1.32", "700100 C 1.32"]  # 0.06 + 0.06 of CL-START and 1.20 of PA-ONE
    assert {row["state"] for row in rows} == {"final"}
    scene.close("2026-11")
    later = scene.journal("2026-11")
    assert told(later, "REV-2026-10") == ["404000 C 1.32", "700100 D 1.32"]
    assert [row["date"] for row in later if row["document"] == "REV-2026-10"] == ["2026-11-01"] * 2
    assert "404000" not in balances(rows, later)


def test_made_final_after_the_next_close_the_same_traffic_is_accrued_from_what_that_close_rated(scene: BooksScene) -> None:
    scene.close("2026-11")
    assert scene.say("select count(*) from usage_pending") != [(0,)]
    scene.final("2026-10", date(2026, 12, 2))
    assert told(scene.journal("2026-10"), "ACC-2026-10") == ["404000 D 1.32", "700100 C 1.32"]
    assert told(scene.journal("2026-11"), "REV-2026-10") == ["404000 C 1.32", "700100 D 1.32"]  # written anew with it


def test_rating_the_unbilled_traffic_leaves_no_trace(scene: BooksScene) -> None:
    before = scene.say("select (select count(*) from run), (select count(*) from rated_usage), (select count(*) from usage_pending)")
    scene.final("2026-10", NOVEMBER_3)
    assert (
        scene.say("select (select count(*) from run), (select count(*) from rated_usage), (select count(*) from usage_pending)") == before
    )
    assert scene.say("select count(*) from pg_namespace where nspname = 'scratch_books'") == [(0,)]


@pytest.mark.clause("BT-2.b", "GC-5.2")
def test_over_three_months_with_payments_and_credits_the_accounts_tie_at_each_month_end(scene: BooksScene) -> None:
    engine, numbers = scene.outside.engine, scene.numbers()
    pay(engine, numbers["CL-START"], D("50.00"), date(2026, 11, 20))
    scene.credit(numbers["CL-SIP"], date(2026, 10, 30), again=True)
    scene.credit(numbers["CL-LUX"], date(2026, 11, 5), 1, amount="10.00")
    write_off(engine, numbers["CL-PACK"], D("1.41"), on=date(2026, 11, 30), by="An", reason="not worth a letter")
    books = []
    for month in (OCTOBER, NOVEMBER, NOVEMBER.next_month()):
        if month is not OCTOBER:
            scene.close(f"{month}")
        scene.final(f"{month}")
        books.append(scene.journal(f"{month}"))
        found = balances(*books)
        assert (found["400000"], found["451000"]) == (scene.owed(month.last), -scene.vat(month.last))
        assert -found["493000"] == scene.not_passed(month.last)
        with engine.connect() as conn:
            assert sum(deferred_at(conn, month.last).values()) == -found["493000"]
        assert sum(found.values()) == 0
    assert (found["550000"], found["642000"]) == (D("50.00"), D("1.41"))
    assert [documents_that_do_not_balance(rows) for rows in books] == [[], [], []]
    released = balances([row for row in books[1] if row["document"] == "DEF-2026-11"])
    assert released["493000"] == D("642.00")  # the credit of CL-LUX took income of November back, where it is booked


@pytest.mark.clause("BT-2.b")
def test_what_is_deferred_within_a_month_is_what_of_its_days_has_not_passed(scene: BooksScene) -> None:
    with scene.outside.engine.connect() as conn:
        for day in (date(2026, 10, 28), date(2026, 11, 1), date(2026, 11, 15), date(2026, 11, 29)):
            assert abs(sum(deferred_at(conn, day).values()) - scene.not_passed(day)) < D("0.10"), day  # half a cent a line at most
        assert sum(deferred_at(conn, date(2026, 11, 15)).values()) == D("321.00")
        assert deferred_at(conn, date(2026, 11, 30)) == {}


def test_what_comes_after_a_month_is_final_is_booked_in_the_next_and_the_final_one_stays(scene: BooksScene) -> None:
    scene.final("2026-10", NOVEMBER_3)
    path = Path(scene.outside.settings.out) / "2026-10" / "journal.csv"
    before = path.read_bytes()
    number = scene.numbers()["CL-START"]
    pay(scene.outside.engine, number, D("5.00"), date(2026, 10, 31))
    scene.credit(number, date(2026, 10, 30), 2)
    assert path.read_bytes() == before
    later = scene.journal("2026-11")
    note = next(row["document"] for row in later if row["journal"] == "credit_notes")
    # It is booked in November, when November is earned: it takes income back there, and the release gives the same.
    assert told(later, note) == ["400000 CL-START C 75.02", "700100 D 62.00 S21", "451000 D 13.02 S21"]
    assert [(row["date"], row["period"]) for row in later if row["document"] == note] == [("2026-10-30", "2026-11")] * 3
    assert told(later, "PAY-1") == ["550000 D 5.00", "400000 CL-START C 5.00"]


def test_done_again_the_books_stay_as_they_are_to_the_byte(scene: BooksScene) -> None:
    scene.final("2026-10", NOVEMBER_3)
    folder = Path(scene.outside.settings.out) / "2026-10"
    files = {path.name: path.read_bytes() for path in [folder / "journal.csv", *(folder / "winbooks").iterdir()]}
    assert set(files) == {"journal.csv", "K_THIRD.CSV", "DOCUMENTS.CSV"}
    said = scene.final("2026-10", date(2026, 11, 9), by="Bea")
    assert said.startswith("the books of 2026-10 were made final on 2026-11-03 by An; nothing is changed")
    assert {path.name: path.read_bytes() for path in [folder / "journal.csv", *(folder / "winbooks").iterdir()]} == files


def test_books_that_make_no_sense_are_refused_in_one_line(scene: BooksScene) -> None:
    refused = {
        ("2026-10", date(2026, 10, 31)): "2026-10 ends on 2026-10-31; its books can be made final from 2026-11-01 on",
        ("2026-09", date(2026, 11, 1)): "there is nothing to book in 2026-09; the books begin with 2026-10",
        ("2026-11", date(2026, 12, 1)): "the books of 2026-10 are open, and 2026-11 comes after it; first `billing books 2026-10`",
    }
    for (month, on), reason in refused.items():
        with pytest.raises(Stopped) as stopped:
            scene.final(month, on)
        assert str(stopped.value) == reason
    assert scene.say("select month, final_on from journal") == [(OCTOBER.first, None)]


def test_a_month_whose_close_is_not_issued_is_refused(outside: Outside) -> None:
    scene = BooksScene(outside)
    scene.bring()
    scene.orders(date(2026, 10, 23))
    with pytest.raises(
        Stopped, match="the close of 2026-10 is not issued, so its invoices are missing; `billing close 2026-10` comes first"
    ):
        make_final(outside, OCTOBER, NOVEMBER_3, by="An")


def test_the_database_refuses_an_unbalanced_document_and_any_change_of_a_final_month(scene: BooksScene) -> None:
    change = "update journal_entry set debit = debit + 0.01 where document_no = 1 and debit > 0"
    for statement in (change, "delete from journal_entry where document_no = 1 and entry_no = 1"):
        with pytest.raises(IntegrityError, match="the database refuses an unbalanced journal"):
            scene.say(statement)
    scene.final("2026-10", NOVEMBER_3)
    new = "insert into journal_document (month, document_no, journal, document, dated_on)"
    for statement in (
        change,
        "delete from journal where month = '2026-10-01'",
        "update journal set final_on = null, final_by = ''",
        f"{new} values ('2026-10-01', 999, 'general', 'X', '2026-10-31')",
        "truncate journal cascade",
    ):
        with pytest.raises(IntegrityError, match=r"final and can never change|never emptied"):
            scene.say(statement)
