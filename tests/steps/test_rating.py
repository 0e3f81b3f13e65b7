"""The rating step on a real PostgreSQL: what is stored is what the plain rule says, and a rerun replaces everything."""

import io
import random
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from pyarrow import parquet
from sqlalchemy import text

from billing.packs import PackContent, PackLine
from billing.tariff import Rate
from tasks import rated_usage_export, rating
from tasks.outside import Outside
from tests.rules.rating_cases import World
from tests.rules.rating_oracle import Answer, Call, OrderLine, utc
from tests.rules.test_rating_properties import big_month, big_world
from tests.steps.rating_database import Stored

BT = "business_telephony"
FIXED = Rate(1, BT, "32", date(2026, 1, 1), "Belgium", "belgium_fixed", 60_000, 0)
MOBILE = Rate(2, BT, "324", date(2026, 1, 1), "Belgium mobile", "belgium_mobile", 120_000, 0)
LINE = OrderLine(1, BT, "C1", "E1", date(2026, 1, 1))
PACK = PackLine(9, "C1", "E1", "P", date(2026, 1, 1), None, 1)
TEN_MINUTES = PackContent("P", date(2026, 1, 1), "belgium_fixed", Decimal(10), None)


@pytest.fixture
def stored(outside: Outside) -> Stored:
    return Stored(outside)


def call(number: int, started: str, seconds: int = 60, *, callee: str = "3223456789", usage_id: str = "", line: int = 1) -> Call:
    return Call(number, usage_id or f"u{number}", line, "voice", True, callee, utc(started), seconds)


def test_a_big_month_is_stored_as_the_plain_rule_says_whatever_the_windows(stored: Stored, monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(7)
    world, calls = big_world(chance), big_month(chance, 6_000)
    chance.shuffle(calls)
    stored.fill(world)
    stored.add_calls(calls)
    cutoff = datetime(2026, 10, 27, 23, tzinfo=UTC)
    monkeypatch.setattr(rating, "RECORDS_A_WINDOW", 700)
    rated = stored.close("2026-10", date(2026, 10, 28))
    plain = world.oracle().rate(one for one in calls if one.started < cutoff)
    assert {number: (rated.get(number), answer) for number, answer in plain.items() if rated.get(number) != answer} == {}
    assert rated.keys() == plain.keys()
    run = stored.open("2026-10", date(2026, 10, 28))
    late = {one.usage_no for one in calls if one.started >= cutoff}
    assert stored.pending(run) == late | {number for number, answer in rated.items() if answer.status in ("held", "unrated")}


@pytest.mark.clause("BT-2.c", "ST-2.c")
def test_the_month_after_takes_up_what_was_left_and_the_pools_as_they_were_left(stored: Stored) -> None:
    chance = random.Random(8)
    world, calls = big_world(chance), big_month(chance, 3_000)
    stored.fill(world)
    stored.add_calls(calls)
    first = stored.close("2026-10", date(2026, 10, 28))
    second = stored.close("2026-11", date(2026, 11, 28))
    plain = world.oracle().rate(calls)
    settled = {number: answer for number, answer in first.items() if answer.status not in ("held", "unrated")}
    assert settled.keys().isdisjoint(second)
    assert {**settled, **second} == plain


def test_rated_again_before_acceptance_everything_is_replaced(stored: Stored) -> None:
    stored.fill(World([LINE], [FIXED], [PACK], [TEN_MINUTES]))
    stored.add_calls([call(1, "2026-10-05T08:00:00", 400), call(2, "2026-10-06T08:00:00", 400), call(3, "2026-10-28T08:00:00")])
    run = stored.open("2026-10", date(2026, 10, 28))
    receipts = [rating.stage(stored.outside, run) for _ in range(3)]
    assert receipts[0] == receipts[1] == receipts[2]
    assert receipts[0].figures == {
        "rated": 2,
        "charged": 1,
        "in_pack": 1,
        "free": 0,
        "held": 0,
        "unrated": 0,
        "after_cutoff": 1,
        "net": "0.20",
    }
    assert stored.rated(run) == {1: Answer(1, 400, 0, Decimal(0), "in_pack"), 2: Answer(1, 200, 200, Decimal("0.20"), "charged")}
    assert stored.used(run) == {("C1", "E1", "belgium_fixed", date(2026, 10, 1)): (600, 600)}
    assert stored.pending(run) == {3}


def test_a_record_that_arrives_before_acceptance_is_rated_by_the_rerun(stored: Stored) -> None:
    stored.fill(World([LINE], [FIXED]))
    stored.add_calls([call(1, "2026-10-05T08:00:00")])
    run = stored.open("2026-10", date(2026, 10, 28))
    rating.stage(stored.outside, run)
    stored.add_calls([call(2, "2026-10-04T08:00:00")])
    rating.stage(stored.outside, run)
    assert stored.rated(run).keys() == {1, 2}


def test_a_month_without_usage_is_rated_and_has_an_empty_partition(stored: Stored) -> None:
    stored.fill(World([LINE], [FIXED]))
    run = stored.open("2026-10", date(2026, 10, 28))
    assert rating.stage(stored.outside, run).figures["rated"] == 0
    assert stored.rated(run) == {}
    with stored.engine.connect() as conn:
        window = conn.execute(text("select after_no, through_no, cutoff from usage_window")).one()
    assert tuple(window) == (0, 0, datetime(2026, 10, 27, 23, tzinfo=UTC))


@pytest.mark.clause("BT-2.c", "ST-2.c")
def test_a_late_call_draws_on_what_its_month_has_left(stored: Stored) -> None:
    stored.fill(World([LINE], [FIXED], [PACK], [TEN_MINUTES]))
    stored.add_calls([call(1, "2026-10-05T08:00:00", 500)])
    stored.close("2026-10", date(2026, 10, 28))
    stored.add_calls([call(2, "2026-10-03T08:00:00", 160), call(3, "2026-11-03T08:00:00", 160)])
    rated = stored.close("2026-11", date(2026, 11, 28))
    # 600 - 500 = 100 seconds are left of October: 60 seconds are charged. November has its own 600.
    assert rated == {2: Answer(1, 100, 60, Decimal("0.06"), "charged"), 3: Answer(1, 160, 0, Decimal(0), "in_pack")}


@pytest.mark.clause("GC-2.2")
def test_a_held_call_is_billed_by_the_close_after_the_contract_is_confirmed(stored: Stored) -> None:
    stored.fill(World([OrderLine(1, BT, "C1", "E1", date(2026, 1, 1), None, False)], [FIXED]))
    stored.add_calls([call(1, "2026-10-05T08:00:00")])
    assert stored.close("2026-10", date(2026, 10, 28))[1].status == "held"
    with stored.engine.begin() as conn:
        conn.execute(text("update contract set confirmed_on = '2026-11-10'"))
    assert stored.close("2026-11", date(2026, 11, 28)) == {1: Answer(1, 0, 60, Decimal("0.06"), "charged")}
    assert stored.close("2026-12", date(2026, 12, 28)) == {}


@pytest.mark.clause("BT-2.e")
def test_an_unrated_call_is_billed_by_the_first_close_that_has_its_rate(stored: Stored) -> None:
    stored.fill(World([LINE], [FIXED]))
    stored.add_calls([call(1, "2026-10-05T08:00:00", callee="33123456789")])
    assert stored.close("2026-10", date(2026, 10, 28)) == {1: Answer(0, 0, 60, Decimal(0), "unrated")}
    assert stored.close("2026-11", date(2026, 11, 28)) == {1: Answer(0, 0, 60, Decimal(0), "unrated")}
    with stored.engine.begin() as conn:
        conn.execute(
            text(
                "insert into rate (rate_no, deck, prefix, valid_from, version, valid_import, destination, destination_group,"
                " per_minute_micro, setup_micro) overriding system value"
                " values (50, 'business_telephony', '33', '2026-10-01', 1, 1, 'France', 'eu_fixed', 90000, 0)"
            )
        )
    assert stored.close("2026-12", date(2026, 12, 28))[1].price == Decimal("0.09")


@pytest.mark.clause("BT-2.c", "ST-2.c")
def test_two_calls_of_the_same_second_share_the_end_of_a_pack_by_their_ids(stored: Stored) -> None:
    stored.fill(World([LINE], [FIXED], [PACK], [TEN_MINUTES]))
    stored.add_calls(
        [
            call(1, "2026-10-05T08:00:00", 500),
            call(2, "2026-10-06T08:00:00", 100, usage_id="b"),
            call(3, "2026-10-06T08:00:00", 100, usage_id="é"),
            call(4, "2026-10-06T08:00:00", 100, usage_id="B"),
        ]
    )
    rated = stored.close("2026-10", date(2026, 10, 28))
    assert {number: answer.in_pack for number, answer in rated.items()} == {1: 500, 2: 0, 3: 0, 4: 100}


@pytest.mark.clause("BT-2.c", "ST-2.c")
def test_the_quantity_of_a_pack_is_the_one_charged_for_the_month(stored: Stored) -> None:
    stored.fill(World([LINE], [FIXED], [PACK], [TEN_MINUTES]))
    stored.add_calls([call(1, "2026-10-05T08:00:00", 5_000)])
    earlier = stored.open("2026-09", date(2026, 9, 28))
    with stored.engine.begin() as conn:
        conn.execute(
            text(
                "insert into recurring_charge (run_id, line_no, days, charge, quantity, unit_price, net, clause, count_rule,"
                " count_clause, ordered) values (:run, 9, '[2026-10-01,2026-11-01)', 'recurring', 3, 5, 15, 'BT-2.b', 'ordered', 'how', 1)"
            ),
            {"run": earlier.run_id},
        )
        conn.execute(
            text("insert into run_step (run_id, step, state, import_no) values (:run, 'recurring', 'accepted', 1)"), {"run": earlier.run_id}
        )
    assert stored.close("2026-10", date(2026, 10, 28))[1].in_pack == 3 * 600


def test_a_failure_while_rows_are_written_leaves_the_earlier_attempt(stored: Stored, monkeypatch: pytest.MonkeyPatch) -> None:
    stored.fill(World([LINE], [FIXED], [PACK], [TEN_MINUTES]))
    stored.add_calls([call(n, f"2026-10-{n:02}T08:00:00", 300) for n in range(1, 20)])
    run = stored.open("2026-10", date(2026, 10, 28))
    rating.stage(stored.outside, run)
    before = (stored.rated(run), stored.used(run), stored.pending(run))

    def ended(*_: object) -> None:
        raise ConnectionResetError("the database went away")

    monkeypatch.setattr(rating, "note_pools", ended)
    with pytest.raises(ConnectionResetError):
        rating.stage(stored.outside, run)
    assert (stored.rated(run), stored.used(run), stored.pending(run)) == before
    monkeypatch.undo()
    rating.stage(stored.outside, run)
    assert (stored.rated(run), stored.used(run), stored.pending(run)) == before


@pytest.mark.clause("BT-2.c", "ST-2.c")
def test_a_call_in_the_last_second_before_the_cutoff_is_billed_and_the_next_one_waits(stored: Stored) -> None:
    stored.fill(World([LINE], [FIXED]))
    stored.add_calls([call(1, "2026-10-27T22:59:59"), call(2, "2026-10-27T23:00:00")])
    assert stored.close("2026-10", date(2026, 10, 28)).keys() == {1}
    assert stored.close("2026-11", date(2026, 11, 28)).keys() == {2}


def test_rated_usage_goes_out_as_parquet_in_order_of_time_and_the_same_bytes_twice(stored: Stored, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rated_usage_export, "RECORDS_A_GROUP", 2)
    stored.fill(World([LINE], [FIXED, MOBILE], [PACK], [TEN_MINUTES]))
    stored.add_calls(
        [
            call(1, "2026-10-06T09:00:00", 660, usage_id="z"),
            call(2, "2026-10-05T08:00:00", 31, callee="32475123456", usage_id='a,"b'),
            call(3, "2026-10-05T08:00:00", callee="s112", usage_id="Z"),
            call(4, "2026-10-07T08:00:00", callee="33123456"),
        ]
    )
    stored.close("2026-10", date(2026, 10, 28))
    run = stored.open("2026-10", date(2026, 10, 28))
    assert rated_usage_export.export_rated_usage(stored.outside, run) == 4
    path = rated_usage_export.path_of(run)
    content = stored.outside.out.read(path)
    table = parquet.read_table(io.BytesIO(content))
    assert table.schema.names == [
        "usage_id",
        "line_id",
        "started_at",
        "callee",
        "destination",
        "destination_group",
        "seconds_in_pack",
        "seconds_charged",
        "price",
        "rate_version",
        "status",
    ]
    first = date(2026, 1, 1)
    assert [tuple(row.values()) for row in table.to_pylist()] == [
        ("Z", "L1", utc("2026-10-05T08:00:00"), "s112", "", "", 0, 60, Decimal("0.00"), None, "free"),
        (
            'a,"b',
            "L1",
            utc("2026-10-05T08:00:00"),
            "32475123456",
            "Belgium mobile",
            "belgium_mobile",
            0,
            31,
            Decimal("0.07"),
            first,
            "charged",
        ),
        ("z", "L1", utc("2026-10-06T09:00:00"), "3223456789", "Belgium", "belgium_fixed", 600, 60, Decimal("0.06"), first, "charged"),
        ("u4", "L1", utc("2026-10-07T08:00:00"), "33123456", "", "", 0, 60, Decimal("0.00"), None, "unrated"),
    ]
    rated_usage_export.export_rated_usage(stored.outside, run)
    assert stored.outside.out.read(path) == content


def test_a_month_without_usage_goes_out_as_an_empty_table(stored: Stored) -> None:
    stored.fill(World([LINE], [FIXED]))
    stored.close("2026-10", date(2026, 10, 28))
    run = stored.open("2026-10", date(2026, 10, 28))
    assert rated_usage_export.export_rated_usage(stored.outside, run) == 0
    assert parquet.read_table(io.BytesIO(stored.outside.out.read(rated_usage_export.path_of(run)))).num_rows == 0
