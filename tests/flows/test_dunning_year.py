"""A year of dunning, day by day, for payers who behave at random: every day a plain judge, who knows the terms alone, looks at all of it.

Letters: each that the terms call for and no other, of the right level, asking exactly what is open and not contested. Orders: none before
day 21, none without a reminder that arrived, none kept without a ground. Late charges: to the cent those of a plain computation. Money: the
ledger balances and is where the plain book has it. Runs are ended anywhere and done again, and done twice.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

import billing.dunning
import billing.late_charges
from billing.dunning import Receivable
from billing.dunning_policy import Policy, Stage
from billing.interest import InterestTerms
from billing.working_days import WorkingDays
from expectations.check import Suite
from tasks import gates
from tasks.holidays import belgian_working_days
from tasks.judging import Verdict
from tasks.outside import Outside
from tasks.suspension.gathering import Standing
from tests.dunning_behaviour import ORDINARY, UNRULY, habits
from tests.dunning_judge import Judge
from tests.dunning_world import World
from tests.dunning_year import Year
from tests.plain_arrears import Book
from tests.plain_dunning import ZERO, Level, Terms, each_day, is_working

D = Decimal
PAYERS = 2000

# The two policies that are shipped, in figures: what the contract asks, and what the law of telecommunications allows of it.
LETTERS = (Level(7, 0), Level(14, 7, fee=D("10.00")), Level(21, 7, fee=D("10.00")))
LEGAL_RATES = ((date(2024, 1, 1), Fraction("0.0575")), (date(2025, 1, 1), Fraction("0.045")))
CONTRACT = Terms("contract", LETTERS, suspension=Level(21, 7), debit_note_at_least=D("5.00"))
ARTICLE_119 = Terms("article119", LETTERS, suspension=Level(21, 7), debit_note_at_least=D("5.00"), legal_rates=LEGAL_RATES)


@pytest.fixture
def plain_verdicts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Gates count what they always count; that a count is within its limit is said by a comparison, which takes no second of a day."""

    def verdicts(folder: Path, run: str, suite: Suite, limits: Mapping[str, D], summary: Mapping[str, D]) -> dict[str, Verdict]:
        return {check.name: Verdict(ZERO <= summary[check.name] <= limits[check.name]) for check in suite.checks}

    monkeypatch.setattr(gates, "judge", verdicts)
    monkeypatch.setattr(gates, "write_data_docs", lambda folder: folder)


@pytest.fixture
def open_gates(monkeypatch: pytest.MonkeyPatch) -> None:
    """Gates let everything pass: most of what is made wrong below they would stop themselves."""
    monkeypatch.setattr(gates, "judge", lambda folder, run, suite, limits, summary: {check.name: Verdict(True) for check in suite.checks})
    monkeypatch.setattr(gates, "write_data_docs", lambda folder: folder)


@dataclass(frozen=True)
class Case:
    """An operator: how many payers, by which policies, from when to when."""

    seed: int
    payers: int
    first: date
    last: date
    interest: str = "completed_months"
    approval: str = "finance"
    unruly: bool = True
    again: float = 0.15
    killed: float = 0.15


def year_of(outside: Outside, case: Case) -> Year:
    """The operator on the eve of its first day: two segments, one under each policy."""
    changed = outside.settings.model_copy(
        update={"interest": case.interest, "suspension_approval": case.approval, "dunning_policies": {"home": "article119"}}
    )
    here = Outside(changed, outside.engine, outside.out)
    payers = {
        each.payer: each for each in habits(case.seed, case.payers, UNRULY if case.unruly else ORDINARY, case.first, ("", "business", "home"))
    }  # fmt: skip
    of_segments = {"": CONTRACT, "business": CONTRACT, "home": ARTICLE_119}
    book = Book({name: terms.counted(case.interest) for name, terms in of_segments.items()})
    world = World(here, payers, book, case.seed, case.first)
    clients = {each.payer: [f"{each.payer}-E{n}" for n in range(1, each.clients + 1)] or [each.payer] for each in payers.values()}
    return Year(here, world, Judge(here.engine, book, clients), again=case.again, killed=case.killed)


def each_letter_left_once(year: Year) -> bool:
    """Whether the mailbox has each letter that was mailed, and no other mail but debit notes, once."""
    letters = {each.message_id for each in year.judge.letters if each.to != "portal"}
    found = [each for each in year.message_ids() if "reminder" in each]
    return len(found) == len(set(found)) and set(found) == letters


SMALL = [
    Case(seed=1, payers=40, first=date(2025, 11, 27), last=date(2026, 5, 15)),
    Case(seed=2, payers=40, first=date(2024, 9, 27), last=date(2025, 3, 20), interest="daily", approval="automatic"),
    Case(seed=3, payers=40, first=date(2024, 12, 30), last=date(2025, 6, 20), approval="automatic"),
    Case(seed=4, payers=40, first=date(2026, 6, 27), last=date(2026, 12, 31), interest="daily"),
]


@pytest.mark.clause("CG-2.a", "CG-2.c", "CG-2.d", "CG-2.e", "GC-5.2", "GC-9.1.a", "GC-9.3")
@pytest.mark.usefixtures("plain_verdicts")
@pytest.mark.parametrize("case", SMALL, ids=lambda case: f"from {case.first}, interest {case.interest}, orders by {case.approval}")
def test_half_a_year_of_payers_who_all_misbehave_keeps_the_terms_every_day(outside: Outside, case: Case) -> None:
    year = year_of(outside, case)
    assert year.live(case.last) == []
    assert each_letter_left_once(year)
    seen = year.judge.figures
    levels = [f"letters of level {level}" for level in (1, 2, 3, 4)]
    assert min(seen[what] for what in (*levels, "suspensions ordered", "services restored", "debit notes")) > 0
    assert min(year.figures["killed"], year.figures["again"]) > 0


@pytest.mark.clause("CG-2.a", "CG-2.c", "CG-2.d", "CG-2.e", "GC-5.2", "GC-9.1.a", "GC-9.3")
@pytest.mark.usefixtures("plain_verdicts")
def test_a_year_of_2000_payers_keeps_the_terms_every_day(outside: Outside) -> None:
    case = Case(seed=7, payers=PAYERS, first=date(2025, 11, 27), last=date(2026, 12, 31), unruly=False, again=0.04, killed=0.04)
    year = year_of(outside, case)
    assert year.live(case.last) == []
    assert each_letter_left_once(year)
    seen = year.judge.figures
    assert seen["letters of level 1"] > seen["letters of level 2"] > seen["letters of level 3"] > seen["letters of level 4"] > 50
    assert min(seen["services restored"], seen["debit notes"]) > 50


@pytest.mark.clause("CG-2.d", "GC-9.1.a")
def test_two_months_with_the_gates_as_they_are(outside: Outside) -> None:
    year = year_of(outside, Case(seed=5, payers=30, first=date(2026, 1, 27), last=date(2026, 3, 31), again=0.05, killed=0.05))
    assert year.live(date(2026, 3, 31)) == []
    assert year.judge.figures["letters of level 1"] > 0


# ------------------------------------------------------------------------------------------------ the judge sees what is wrong
def too_early(stage: Stage, policy: Policy, reached: object, working: WorkingDays) -> date:
    return reached.anchor.due_on + timedelta(days=stage.days_overdue_at_least)  # type: ignore[attr-defined]


WRONG = [
    pytest.param(Receivable, "claimable", property(lambda owed: owed.open_amount), "is asked", id="asks for what is contested"),
    pytest.param(billing.dunning, "_deadline", too_early, "the terms call for nothing", id="waits for no level and no working day"),
    pytest.param(InterestTerms, "share_on", lambda terms, day: Fraction("0.02"), "is charged", id="asks for twice the interest"),
    pytest.param(billing.late_charges, "DAYS_UNTIL_DELIVERED", 0, "is charged", id="charges letters that may still come back"),
    pytest.param(Standing, "to_stay", property(lambda of: of), "suspended without a ground", id="gives no service back"),
]


@pytest.mark.usefixtures("open_gates")
@pytest.mark.parametrize(("place", "name", "wrong", "finding"), WRONG)
def test_the_judge_sees_a_product_that(
    outside: Outside, monkeypatch: pytest.MonkeyPatch, place: object, name: str, wrong: object, finding: str
) -> None:
    monkeypatch.setattr(place, name, wrong)
    found = year_of(outside, Case(seed=6, payers=24, first=date(2026, 1, 27), last=date(2026, 7, 31), killed=0.0)).live(date(2026, 7, 31))
    assert any(finding in each for each in found)


def test_the_plain_calendar_is_that_of_the_product() -> None:
    every = list(each_day(date(2024, 9, 1), date(2027, 11, 30)))
    assert [day for day in every if is_working(day)] == [day for day in every if belgian_working_days(day).is_working(day)]
