"""Months that an earlier release closed, or that were closed late: the books begin with them and every month after ties."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy.exc import IntegrityError

from billing.period import Period
from tasks import gates
from tasks.books import write_month
from tasks.outside import Outside
from tasks.payments import pay
from tests.steps.books_scene import BooksScene, balances, told

D = Decimal
DECEMBER = Period.month("2026-12")


@pytest.fixture
def scene(outside: Outside) -> BooksScene:
    """The small operator before its first close."""
    scene = BooksScene(outside)
    scene.bring()
    return scene


@pytest.mark.clause("BT-2.b")
def test_the_first_journal_after_an_upgrade_writes_the_months_before_it_and_they_are_made_final_in_order(scene: BooksScene) -> None:
    scene.close("2026-10")
    scene.close("2026-11")
    scene.say("delete from journal")  # closed by a release without books
    scene.close("2026-12")
    assert scene.say("select month from journal order by 1") == [(date(2026, month, 1),) for month in (10, 11, 12)]
    rows = scene.journal("2026-12")
    assert told(rows, "DEF-2026-12"), "what November deferred is earned in December"
    for month in ("2026-10", "2026-11", "2026-12"):
        assert scene.final(month, date(2027, 1, 5)).startswith(f"the books of {month} are final: ")
    found = balances(*(scene.journal(month) for month in ("2026-10", "2026-11", "2026-12")))
    assert (found["400000"], -found["493000"]) == (scene.owed(DECEMBER.last), scene.not_passed(DECEMBER.last))


def test_a_month_between_that_was_never_written_is_written_with_the_one_before_it(scene: BooksScene) -> None:
    for month in ("2026-10", "2026-11", "2026-12"):
        scene.close(month)
    scene.say("delete from journal where month = '2026-11-01'")
    assert scene.final("2026-10").startswith("the books of 2026-10 are final: ")
    assert scene.say("select count(*) from journal") == [(3,)]
    assert told(scene.journal("2026-12"), "DEF-2026-12")


def test_the_traffic_of_a_month_that_is_closed_late_is_accrued_from_what_its_own_close_rated(scene: BooksScene) -> None:
    scene.orders(date(2026, 10, 23))
    scene.close("2026-10", date(2026, 11, 2))  # its invoices are of November
    scene.final("2026-10", date(2026, 11, 5))
    ((rated,),) = scene.say("select sum(price_cents) / 100.0 from rated_usage where started_at < '2026-10-31 23:00+00' and price_cents > 0")
    assert rated
    accrued = [row for row in scene.journal("2026-10") if row["document"] == "ACC-2026-10"]
    assert sum(D(row["debit"] or "0") for row in accrued) == rated
    taken = [row for row in scene.journal("2026-11") if row["document"] == "REV-2026-10"]
    assert sum(D(row["credit"] or "0") for row in taken) == rated


def test_a_payment_noted_while_the_month_is_written_is_booked_and_stops_nothing(scene: BooksScene, monkeypatch: pytest.MonkeyPatch) -> None:
    scene.close("2026-10")
    number, look = scene.numbers()["CL-START"], gates.books_tie
    looks: list[Period] = []

    def somebody_pays_first(outside: Outside, month: Period) -> bool:
        if not looks:
            pay(outside.engine, number, D("5.00"), date(2026, 10, 30))
        looks.append(month)
        return look(outside, month)

    monkeypatch.setattr(gates, "books_tie", somebody_pays_first)
    write_month(scene.outside, Period.month("2026-10"))
    assert told(scene.journal("2026-10"), "PAY-1") == ["550000 D 5.00", "400000 CL-START C 5.00"]
    assert len(looks) == 2


def test_nothing_of_an_open_month_can_be_moved_into_a_final_one(scene: BooksScene) -> None:
    scene.close("2026-10")
    scene.final("2026-10")
    scene.close("2026-11")
    for table in ("journal_entry", "journal_source"):
        with pytest.raises(IntegrityError, match="the journal of 2026-10 is final"):
            scene.say(f"update {table} set month = '2026-10-01' where month = '2026-11-01' and document_no = 2")
