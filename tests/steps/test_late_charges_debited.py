"""Interest by days of what we debit ourselves: none before the day that the invoice names, unless the debit comes back.

30000.00 EUR were due on Saturday 28 November 2026 and are debited on Monday 30 November: a day of November costs 10.00.
"""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from billing.interest import due_for_interest
from billing.period import Period
from tasks.audit.differences import Difference, differences
from tasks.audit.recomputing import issued_runs, recomputed
from tasks.bank.importing import import_statements
from tasks.collecting import collect
from tasks.gates import check_collections
from tasks.late_charges import accrued
from tasks.outside import Outside
from tests.bank_files import PAYERS, Paid, StatementOf, camt
from tests.steps.late_scene import LateScene

pytestmark = pytest.mark.clause("CG-2.e", "GC-5.2")

D = Decimal
SATURDAY, MADE = "2026-11-28", date(2026, 11, 23)
GROSS = "30000.00"
MANDATE = {"payer_id": "ALFA", "iban": PAYERS["ALFA"], "bic": "GKCCBEBB", "holder": "", "signed_on": "2026-01-01", "scheme": "CORE"}


class DebitedScene(LateScene):
    """ALFA has a mandate, known before its invoices."""

    def __init__(self, outside: Outside) -> None:
        daily = outside.settings.model_copy(update={"interest": "daily"})
        super().__init__(Outside(daily, outside.engine, outside.out))
        self.say(
            "insert into feed_record (table_name, record_id, version, valid_import, record)"
            " values ('mandates', 'M-ALFA', 1, 1, cast(:record as jsonb))",
            record=json.dumps({**MANDATE, "ends_on": ""}),
        )  # fmt: skip

    def interest(self, on: str, payer_id: str = "ALFA") -> str:
        """What statements and letters say has accrued to a day."""
        with self.outside.engine.connect() as conn:
            found = accrued(conn, self.outside.settings, [payer_id], date.fromisoformat(on))
        return str(sum((each.amount for each in found.get(payer_id, ())), D("0.00")))

    def books(self, number: int, day: str, opening: str, paid: Paid) -> None:
        """A statement of the bank with one movement."""
        path = Path(self.outside.settings.feed) / "bank" / f"{number}.xml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(camt(StatementOf(number, date.fromisoformat(day), opening, (paid,))))
        import_statements(self.outside)

    def debited(self, number: str) -> None:
        """Its account is debited on 30 November, and the money comes in."""
        collect(self.outside, MADE, check_collections)
        self.books(7, "2026-11-30", "0.00", Paid(GROSS, iban=PAYERS["ALFA"], end_to_end=number))

    def handed_back(self, number: str, on: str) -> None:
        """The bank takes the money back."""
        self.books(8, on, GROSS, Paid(f"-{GROSS}", end_to_end=number, returned="MD06"))

    def found_again(self, month: str) -> list[list[Difference]]:
        """What differs when the late charges of a month are computed again, run by run."""
        with self.outside.engine.connect() as conn:
            runs = [run for run in issued_runs(conn, Period.month(month)) if run.kind == "late_charges"]
        found: list[list[Difference]] = []
        for run in runs:
            with recomputed(self.outside, run) as past, self.outside.engine.begin() as conn:
                found.append(list(differences(conn, past)))
        return found


@pytest.fixture
def scene(outside: Outside) -> DebitedScene:
    return DebitedScene(outside)


@pytest.mark.parametrize(
    ("debited", "last_day_in_time"),
    [
        pytest.param(None, "2026-11-28", id="paid by the payer himself: the due date"),
        pytest.param("2026-11-28", "2026-11-28", id="debited on the due date: that day"),
        pytest.param("2026-11-30", "2026-11-30", id="debited two days later: the day of the debit"),
    ],
)
def test_the_last_day_without_delay(debited: str | None, last_day_in_time: str) -> None:
    day = None if debited is None else date.fromisoformat(debited)
    assert due_for_interest(date(2026, 11, 28), day) == date.fromisoformat(last_day_in_time)


def test_due_on_a_saturday_and_debited_on_monday_costs_nothing(scene: DebitedScene) -> None:
    scene.debited(scene.due(SATURDAY, GROSS))
    assert [scene.interest(day) for day in ("2026-11-29", "2026-11-30", "2026-12-31")] == ["0.00", "0.00", "0.00"]
    scene.day("2027-01-01")
    assert scene.charged() == []


def test_a_payer_who_pays_himself_on_monday_owes_the_sunday(scene: DebitedScene) -> None:
    scene.someone("BETA")
    scene.paid(scene.due(SATURDAY, GROSS, payer_id="BETA"), GROSS, "2026-11-30")
    assert scene.interest("2026-12-31", "BETA") == "10.00"


def test_due_on_receipt_and_debited_fourteen_days_later_bears_interest_from_the_day_after(scene: DebitedScene) -> None:
    scene.invoice(scene._run_of(date(2026, 11, 2)), "ALFA", GROSS, days=0)  # a Monday; debited on Monday 16 November
    assert [scene.interest(day) for day in ("2026-11-16", "2026-11-17", "2026-11-20")] == ["0.00", "10.00", "40.00"]


def test_a_month_of_delay_begins_the_day_after_the_debit_too(outside: Outside, scene: DebitedScene) -> None:
    scene.due(SATURDAY, GROSS)
    scene.outside = outside  # by completed months
    assert [scene.interest(day) for day in ("2026-12-29", "2026-12-31")] == ["0.00", "300.00"]


def test_a_mandate_that_is_over_on_the_day_leaves_the_due_date(scene: DebitedScene) -> None:
    scene.due(SATURDAY, GROSS)
    assert scene.interest("2026-11-30") == "0.00"
    scene.record("mandates", "M-ALFA", **MANDATE, ends_on="2026-11-29")
    assert scene.interest("2026-11-30") == "20.00"


def test_a_debit_that_came_back_bears_interest_from_the_due_date_like_any_other(scene: DebitedScene) -> None:
    number = scene.due(SATURDAY, GROSS)
    scene.debited(number)
    scene.handed_back(number, "2026-12-03")
    assert scene.interest("2026-12-02") == "0.00"  # as it was then
    assert scene.interest("2026-12-05") == "39.03"  # Sunday 29 November 10.00, and 3 to 5 December: 300.00 × 3/31
    scene.day("2027-01-01")
    assert scene.charged() == ["ALFA interest 2026-000001 300.32"]  # 10.00, 29 days of December 280.65, 1 January 9.68
    assert scene.found_again("2027-01") == [[]]


def test_a_run_comes_out_the_same_when_the_bank_tells_later_of_a_debit_that_came_back_before(scene: DebitedScene) -> None:
    number = scene.due(SATURDAY, GROSS)
    scene.someone("BETA")
    scene.due(SATURDAY, GROSS, payer_id="BETA")
    scene.debited(number)
    scene.day("2026-12-01")
    assert scene.charged() == ["BETA interest 2026-000002 29.68"]  # 29 and 30 November, 1 December
    scene.handed_back(number, "2026-12-01")
    assert scene.interest("2026-12-01") == "19.68"  # 29 November and 1 December
    assert scene.found_again("2026-12") == [[]]
