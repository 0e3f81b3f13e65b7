"""The inventory a close counts by: the latest on or before its date, frozen once accepted, chosen again as long as it is not."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

import sql
from billing.inventory import content_hash
from billing.period import Period
from tasks import snapshot
from tasks.feed import import_feed
from tasks.feed.rejects import Reject
from tasks.ledger import Receipt, Run, Step, Stopped, open_close, run_step
from tasks.outside import Outside
from tests.world import INVENTORY_COLUMNS, Row, World, csv_bytes, world

SNAPSHOT = Step("snapshot", snapshot.stage, None, snapshot.accept)


def no_gate(_outside: Outside, _run: Run, _gate: str) -> None:
    """These steps have none."""


@pytest.fixture
def small(outside: Outside) -> World:
    """The small operator, imported."""
    made = world()
    made.write(Path(outside.settings.feed))
    import_feed(outside)
    return made


def close(outside: Outside, on: date = date(2026, 10, 28)) -> Run:
    return open_close(outside.engine, Period.month("2026-10"), on)


def chosen(outside: Outside) -> date | None:
    with outside.engine.connect() as conn:
        return conn.execute(text("select snapshot_on from run")).scalar()


def deliver(outside: Outside, day: str, rows: list[Row]) -> list[Reject]:
    (Path(outside.settings.feed) / "inventory" / f"{day}.csv").write_bytes(csv_bytes(INVENTORY_COLUMNS, rows))
    import_feed(outside)
    with outside.engine.connect() as conn:
        return sql.rows(conn, Reject, "feed/open_rejects")


def stored(outside: Outside, day: str) -> tuple[int, str]:
    with outside.engine.connect() as conn:
        row = conn.execute(text("select element_count, content_hash from inventory_snapshot where snapshot_on = :day"), {"day": day}).one()
    return row[0], row[1]


@pytest.mark.clause("BT-2.f")
@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2026, 10, 26), date(2026, 10, 26)),  # one of the very day
        (date(2026, 10, 28), date(2026, 10, 28)),  # never the one of the 29th
        (date(2026, 10, 31), date(2026, 10, 29)),  # the latest before
    ],
)
def test_a_close_counts_by_the_latest_snapshot_on_or_before_its_date(outside: Outside, small: World, on: date, expected: date) -> None:
    receipt = snapshot.stage(outside, close(outside, on))
    assert chosen(outside) == expected
    assert receipt.figures["snapshot"] == str(expected)
    assert receipt.figures["days old"] == (on - expected).days


@pytest.mark.clause("BT-2.f")
def test_the_receipt_shows_the_hash_of_the_rows_as_they_were_delivered(outside: Outside, small: World) -> None:
    receipt = snapshot.stage(outside, close(outside))
    elements = [(row["line_id"], row["element_id"], row["kind"], row["label"]) for row in small.inventory["2026-10-28"]]
    assert stored(outside, "2026-10-28") == (len(elements), content_hash(elements))
    assert receipt.figures["hash"] == content_hash(elements)[:12]


def test_without_a_snapshot_the_close_stops_and_says_what_to_deliver(outside: Outside, small: World) -> None:
    with pytest.raises(Stopped) as stopped:
        snapshot.stage(outside, close(outside, date(2026, 10, 25)))
    assert str(stopped.value) == (
        "close 2026-10: there is no inventory snapshot on or before 2026-10-25; the first is of 2026-10-26; "
        "deliver inventory/2026-10-25.csv in the feed, then run the close again"
    )


def test_before_the_first_import_the_close_stops_too(outside: Outside) -> None:
    with pytest.raises(Stopped, match=r"there is no inventory snapshot on or before 2026-10-28; deliver inventory/2026-10-28\.csv"):
        snapshot.stage(outside, close(outside))


def test_a_delivery_of_the_same_day_replaces_the_one_before_as_a_whole(outside: Outside, small: World) -> None:
    rejects = deliver(outside, "2026-10-28", small.inventory["2026-10-28"][:5])
    assert rejects == []
    assert stored(outside, "2026-10-28")[0] == 5
    with outside.engine.connect() as conn:
        assert conn.execute(text("select count(*) from inventory_element where snapshot_on = '2026-10-28'")).scalar() == 5


@pytest.mark.clause("BT-2.f")
def test_a_snapshot_that_a_close_has_accepted_refuses_another_delivery(outside: Outside, small: World) -> None:
    run_step(outside, close(outside), SNAPSHOT, no_gate)
    before = stored(outside, "2026-10-28")
    (refused,) = deliver(outside, "2026-10-28", small.inventory["2026-10-28"][:5])
    assert (refused.path, refused.line) == ("inventory/2026-10-28.csv", 0)
    assert refused.reason == (
        "a close has used the snapshot of 2026-10-28 or of a later day, so it can never change (BT-2.f); put back the file it was made from, "
        "or deliver the correction as the inventory of a later day"
    )
    assert stored(outside, "2026-10-28") == before
    assert deliver(outside, "2026-10-28", small.inventory["2026-10-28"]) == []  # the file it was made from is put back


@pytest.mark.clause("BT-2.f")
def test_snapshots_before_the_one_a_close_used_are_frozen_with_it(outside: Outside, small: World) -> None:
    run_step(outside, close(outside), SNAPSHOT, no_gate)
    changed, late = "a close has used the snapshot of 2026-10-26 or of a later day", "so 2026-10-20 stays without one"
    for day, says, column in (("2026-10-26", changed, ""), ("2026-10-20", late, "late")):
        (refused,) = [found for found in deliver(outside, day, small.inventory["2026-10-28"][:5]) if day in found.path]
        assert says in refused.reason
        assert (refused.line, refused.column_name) == (0, column)
    with pytest.raises(IntegrityError, match="can never change"), outside.engine.begin() as conn:
        conn.execute(text("delete from inventory_snapshot where snapshot_on = '2026-10-26'"))
    assert not [found for found in deliver(outside, "2026-10-29", small.inventory["2026-10-28"][:5]) if "2026-10-29" in found.path]


def test_the_same_content_in_another_order_is_no_change_of_a_frozen_snapshot(outside: Outside, small: World) -> None:
    run_step(outside, close(outside), SNAPSHOT, no_gate)
    assert deliver(outside, "2026-10-28", small.inventory["2026-10-28"][::-1]) == []


@pytest.mark.clause("BT-2.f")
def test_the_database_itself_refuses_any_change_of_a_frozen_snapshot(outside: Outside, small: World) -> None:
    run_step(outside, close(outside), SNAPSHOT, no_gate)
    for statement in (
        "delete from inventory_element where snapshot_on = '2026-10-28'",
        "delete from inventory_snapshot where snapshot_on = '2026-10-28'",
        "update inventory_element set kind = 'user' where snapshot_on = '2026-10-28'",
    ):
        with pytest.raises(IntegrityError, match="can never change"), outside.engine.begin() as conn:
            conn.execute(text(statement))


def test_a_snapshot_staged_but_not_accepted_may_be_delivered_anew_and_is_chosen_again(outside: Outside, small: World) -> None:
    run = close(outside)
    snapshot.stage(outside, run)
    assert deliver(outside, "2026-10-28", small.inventory["2026-10-28"][:5]) == []
    assert chosen(outside) is None
    with pytest.raises(Stopped, match="delivered anew while it was being checked; run the close again"), outside.engine.begin() as conn:
        snapshot.accept(conn, run)
    run_step(outside, run, SNAPSHOT, no_gate)
    assert (chosen(outside), stored(outside, "2026-10-28")[0]) == (date(2026, 10, 28), 5)


def test_a_later_inventory_is_taken_as_long_as_the_step_is_not_accepted(outside: Outside, small: World) -> None:
    run = replace(close(outside), on=date(2026, 10, 31))
    snapshot.stage(outside, run)
    deliver(outside, "2026-10-30", small.inventory["2026-10-28"])
    snapshot.stage(outside, run)
    assert chosen(outside) == date(2026, 10, 30)


@pytest.mark.clause("BT-2.f")
def test_an_accepted_snapshot_stays_whatever_comes_later(outside: Outside, small: World) -> None:
    run = close(outside, date(2026, 10, 31))
    assert isinstance(run_step(outside, run, SNAPSHOT, no_gate), Receipt)
    deliver(outside, "2026-10-30", small.inventory["2026-10-28"])
    assert run_step(outside, run, SNAPSHOT, no_gate) is None
    assert chosen(outside) == date(2026, 10, 29)


@pytest.mark.parametrize(
    "tampering",
    [
        "delete from inventory_element where snapshot_on = '2026-10-28' and element_id = 'L-BETA-USER-1'",
        "update inventory_element set kind = 'channel' where snapshot_on = '2026-10-28' and element_id = 'L-BETA-USER-1'",
        "update inventory_element set label = 'user 99' where snapshot_on = '2026-10-28' and element_id = 'L-BETA-USER-1'",
    ],
)
def test_a_snapshot_changed_behind_the_back_of_the_import_is_not_billed_from(outside: Outside, small: World, tampering: str) -> None:
    with outside.engine.begin() as conn:
        conn.execute(text(tampering))
    with pytest.raises(Stopped, match=r"the inventory snapshot of 2026-10-28 was changed after its import: .* restore the database"):
        snapshot.stage(outside, close(outside))
    assert chosen(outside) is None


def test_the_daily_snapshot_brings_in_that_day_and_the_lines_it_refers_to(outside: Outside) -> None:
    world().write(Path(outside.settings.feed))
    receipt = snapshot.take_snapshot(outside, date(2026, 10, 27))
    assert receipt.rejected == 0
    with outside.engine.connect() as conn:
        assert conn.execute(text("select array_agg(snapshot_on) from inventory_snapshot")).scalar() == [date(2026, 10, 27)]
        assert conn.execute(text("select count(*) from usage_record")).scalar() == 0
    assert snapshot.take_snapshot(outside, date(2026, 10, 27)).import_no is None


def test_the_daily_snapshot_without_a_file_says_which_one_to_deliver(outside: Outside, small: World) -> None:
    with pytest.raises(Stopped, match=r"the feed has no inventory of 2026-11-01; deliver inventory/2026-11-01.csv"):
        snapshot.take_snapshot(outside, date(2026, 11, 1))
