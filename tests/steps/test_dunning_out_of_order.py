"""Days of dunning that do not come one after the other: an earlier one again, one that was left out."""

from datetime import date, timedelta

import pytest

from tasks.dunning import run_dunning
from tasks.ledger import Stopped
from tasks.outside import Outside
from tasks.payments import pay
from tests.steps.dunning_scene import FIRST, FORMAL, SECOND, SUSPENDED, D, Ladder, ladder, told, via

__all__ = ["ladder"]


@pytest.mark.clause("GC-9.1.a")
def test_a_day_before_the_last_one_is_refused_since_it_would_restore_who_is_suspended(outside: Outside, ladder: Ladder) -> None:
    world = via(outside, suspension_approval="automatic")
    for day in (FIRST, SECOND, FORMAL, SUSPENDED):
        run_dunning(world, day)
    before = (ladder.letters(), ladder.orders())
    with pytest.raises(
        Stopped, match="dunning was done on 2026-12-28, so it is not done for 2026-12-15 any more; dun for 2026-12-28 or later"
    ):
        run_dunning(world, date(2026, 12, 15))
    with pytest.raises(Stopped, match="it is not done for 2026-12-27 any more"):
        run_dunning(world, date(2026, 12, 27), preview=True)
    assert (ladder.letters(), ladder.orders()) == before == (ladder.letters(), [("ALFA", "minimum_service", "sent")])


def test_a_day_that_left_nothing_hinders_no_day_before_it(outside: Outside, ladder: Ladder) -> None:
    run_dunning(outside, date(2026, 12, 3))
    assert told(run_dunning(outside, date(2026, 12, 2))) == []


@pytest.mark.clause("CG-2.d")
def test_days_left_out_make_each_level_later_and_leave_none_out(outside: Outside, ladder: Ladder) -> None:
    days = (date(2026, 12, 14), date(2026, 12, 18), date(2026, 12, 21), date(2026, 12, 28))
    assert [told(run_dunning(outside, day)) for day in days] == [
        [("ALFA", 1, "121.00", "sent")],
        [],  # 21 days overdue, 4 after the first letter
        [("ALFA", 2, "121.00", "sent")],
        [("ALFA", 3, "121.00", "sent")],
    ]
    assert ladder.orders() == []


@pytest.mark.parametrize("arrived", ["payment", "dispute"])
@pytest.mark.parametrize("day", [FIRST, SECOND, FORMAL, SUSPENDED], ids=["level 1", "level 2", "level 3", "the suspension"])
@pytest.mark.clause("CG-2.a", "GC-9.3")
def test_a_day_done_late_asks_nobody_for_what_has_been_settled_or_contested_since(
    outside: Outside, ladder: Ladder, arrived: str, day: date
) -> None:
    world = via(outside, suspension_approval="automatic")
    for each in (FIRST, SECOND, FORMAL):
        if each < day:
            run_dunning(world, each)
    if arrived == "payment":
        pay(outside.engine, "2026-000001", D("121.00"), day + timedelta(days=3))
    else:
        ladder.dispute("D1", "2026-000001", str(day + timedelta(days=3)), "121.00")
    before = ladder.letters()
    assert told(run_dunning(world, day, preview=True)) == told(run_dunning(world, day)) == []
    assert (ladder.letters(), ladder.orders()) == (before, [])


@pytest.mark.clause("CG-2.a")
def test_a_day_done_late_asks_for_the_rest_where_part_was_paid_since(outside: Outside, ladder: Ladder) -> None:
    pay(outside.engine, "2026-000001", D("21.00"), date(2026, 12, 7))
    assert told(run_dunning(outside, FIRST)) == [("ALFA", 1, "100.00", "sent")]
