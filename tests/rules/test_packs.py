"""What packs give, to whom, and in which order it is taken. A pack of 10 minutes is 600 seconds."""

from datetime import date
from decimal import Decimal

import pytest

from billing.packs import PackContent, PackLine, Packs, Pool, Pools, monthly_allowance
from billing.period import Period
from billing.tariff import Rate
from tests.rules.rating_cases import World
from tests.rules.rating_oracle import Call, OrderLine, utc

BT = "business_telephony"
SINCE = date(2025, 1, 1)
FIXED = Rate(1, BT, "32", SINCE, "Belgium", "fixed", 60_000, 0)
DEAR = Rate(2, BT, "33", SINCE, "France", "france", 60_000, 50_000)
CONTENT = [PackContent("P", SINCE, "fixed", Decimal(10), None), PackContent("P", SINCE, "france", Decimal(1), None)]
LINES = [OrderLine(1, BT, "C1", "E1", SINCE), OrderLine(2, BT, "C1", "E1", SINCE), OrderLine(3, BT, "C1", "E2", SINCE)]


def pack(
    number: int = 9, *, starts_on: date = SINCE, ends_on: date | None = None, quantity: int = 1, through: date | None = None
) -> PackLine:
    return PackLine(number, "C1", "E1", "P", starts_on, ends_on, quantity, through)


def call(number: int, at: str, seconds: int, *, line: int = 1, callee: str = "3223456789", usage_id: str = "", kind: str = "voice") -> Call:
    return Call(number, usage_id or f"u{number}", line, kind, True, callee, utc(f"2026-{at}"), seconds)


def taken(world: World, *calls: Call) -> list[int]:
    rated = world.close(calls)
    return [rated[one.usage_no].in_pack for one in calls]


@pytest.mark.clause("BT-2.c", "ST-2.c")
def test_lines_of_an_end_client_share_a_pool_and_another_end_client_does_not() -> None:
    world = World(LINES, [FIXED], [pack()], CONTENT)
    assert taken(world, call(1, "10-05T08:00:00", 400), call(2, "10-05T09:00:00", 400, line=2), call(3, "10-05T07:00:00", 400, line=3)) == [
        400,
        200,
        0,
    ]


@pytest.mark.clause("BT-2.c", "ST-2.c", "BT-2.e")
def test_a_call_split_by_the_end_of_the_pack_pays_setup_once_and_only_the_rest() -> None:
    world = World(LINES, [DEAR], [pack()], CONTENT)
    rated = world.close([call(1, "10-05T08:00:00", 90, callee="33123456789"), call(2, "10-06T08:00:00", 60, callee="33123456789")])
    # 30 seconds are 3 cents, and 5 of setup.
    assert (rated[1].in_pack, rated[1].charged, rated[1].price) == (60, 30, Decimal("0.08"))
    assert (rated[2].in_pack, rated[2].charged, rated[2].price) == (0, 60, Decimal("0.11"))


@pytest.mark.clause("BT-2.c", "ST-2.c")
def test_a_call_wholly_in_the_pack_pays_no_setup() -> None:
    rated = World(LINES, [DEAR], [pack()], CONTENT).close([call(1, "10-05T08:00:00", 60, callee="33123456789")])
    assert (rated[1].status, rated[1].price) == ("in_pack", 0)


@pytest.mark.clause("BT-2.c", "ST-2.c")
def test_the_earlier_call_draws_first_whatever_the_order_of_the_rows() -> None:
    world = World(LINES, [FIXED], [pack()], CONTENT)
    assert taken(world, call(1, "10-06T08:00:00", 500), call(2, "10-05T08:00:00", 500)) == [100, 500]


@pytest.mark.clause("BT-2.c", "ST-2.c")
def test_of_two_calls_of_the_same_second_the_one_with_the_lower_id_draws_first() -> None:
    world = World(LINES, [FIXED], [pack()], CONTENT)
    calls = [call(1, "10-05T08:00:00", 500, usage_id="a"), call(2, "10-05T08:00:00", 500, usage_id="B")]
    assert taken(world, *calls) == [100, 500]  # by bytes: "B" before "a"


@pytest.mark.clause("BT-2.c", "ST-2.c")
def test_each_calendar_month_in_brussels_has_its_own_pool() -> None:
    world = World(LINES, [FIXED], [pack()], CONTENT)
    assert taken(
        world, call(1, "10-05T08:00:00", 600), call(2, "10-31T22:59:59", 60), call(3, "10-31T23:30:00", 600), call(4, "11-01T08:00:00", 60)
    ) == [600, 0, 600, 0]


@pytest.mark.clause("BT-2.c", "ST-2.c")
def test_the_allowance_is_per_unit_charged() -> None:
    assert taken(World(LINES, [FIXED], [pack(quantity=3)], CONTENT), call(1, "10-05T08:00:00", 9_000)) == [1_800]


@pytest.mark.clause("BT-2.c", "ST-2.c")
@pytest.mark.parametrize(
    ("charged", "through", "expected"),
    [({}, None, 600), ({(9, date(2026, 10, 1)): 2}, None, 1_200), ({(9, date(2026, 10, 1)): 2}, date(2026, 10, 31), 600)],
    ids=["nothing charged yet: as ordered", "the quantity charged for the month", "charged by an earlier system: as ordered"],
)
def test_the_quantity_is_the_one_charged_for_the_month(charged: dict[tuple[int, date], int], through: date | None, expected: int) -> None:
    assert taken(World(LINES, [FIXED], [pack(through=through)], CONTENT, charged), call(1, "10-05T08:00:00", 9_000)) == [expected]


@pytest.mark.clause("BT-2.c", "ST-2.c")
def test_a_partial_first_month_gives_its_share_rounded_up_to_the_second() -> None:
    # From 23 October: 9 of 31 days of 600 seconds are 174.19…
    world = World(LINES, [FIXED], [pack(starts_on=date(2026, 10, 23))], CONTENT)
    assert taken(world, call(1, "10-24T08:00:00", 600), call(2, "11-02T08:00:00", 600)) == [175, 600]


@pytest.mark.clause("BT-2.c", "ST-2.c")
def test_a_pack_gives_nothing_before_its_first_day_nor_after_its_last() -> None:
    world = World(LINES, [FIXED], [pack(starts_on=date(2026, 10, 23), ends_on=date(2026, 11, 3))], CONTENT)
    days = [call(1, "10-22T08:00:00", 10), call(2, "10-22T22:00:00", 10), call(3, "11-03T22:59:59", 10), call(4, "11-03T23:00:00", 10)]
    assert taken(world, *days) == [0, 10, 10, 0]


@pytest.mark.clause("BT-2.c", "ST-2.c")
@pytest.mark.parametrize(
    ("minutes", "quantity", "days", "of_days", "seconds"),
    [
        ("10", 1, 31, 31, 600),
        ("10", 1, 9, 31, 175),
        ("10", 2, 9, 31, 349),
        ("0.5", 1, 31, 31, 30),
        ("10", 1, 15, 30, 300),
        ("10", 0, 9, 31, 0),
    ],
)
def test_the_allowance_of_a_month(minutes: str, quantity: int, days: int, of_days: int, seconds: int) -> None:
    content = PackContent("P", SINCE, "fixed", Decimal(minutes), None)
    assert monthly_allowance("seconds", content, quantity, days, of_days) == seconds


@pytest.mark.clause("BT-2.d", "ST-2.d")
def test_a_content_that_grows_within_the_month_holds_from_its_day() -> None:
    bigger = [*CONTENT, PackContent("P", date(2026, 10, 15), "fixed", Decimal(20), None)]
    world = World(LINES, [FIXED], [pack()], bigger)
    assert taken(world, call(1, "10-14T08:00:00", 900), call(2, "10-15T08:00:00", 900)) == [600, 600]


@pytest.mark.clause("BT-2.d", "ST-2.d")
def test_a_content_that_shrinks_below_what_was_taken_leaves_nothing_and_takes_nothing_back() -> None:
    smaller = [*CONTENT, PackContent("P", date(2026, 10, 15), "fixed", Decimal(5), None)]
    world = World(LINES, [FIXED], [pack()], smaller)
    assert taken(world, call(1, "10-14T08:00:00", 500), call(2, "10-15T08:00:00", 60)) == [500, 0]
    assert world.pools is not None
    assert [(use.used, use.allowance) for use in world.pools.uses()] == [(500, 600)]


@pytest.mark.clause("BT-2.c", "ST-2.c")
def test_what_an_earlier_close_took_stays_taken() -> None:
    october = Pool("C1", "E1", "fixed", "seconds", date(2026, 10, 1))
    world = World(LINES, [FIXED], [pack()], CONTENT, earlier={october: 450})
    assert taken(world, call(1, "10-03T08:00:00", 200)) == [150]
    world.earlier = {october: 700}  # more than there is now: nothing, and never less than nothing
    assert taken(world, call(1, "10-03T08:00:00", 200)) == [0]


@pytest.mark.clause("BT-2.c", "ST-2.c")
def test_messages_never_draw_on_minutes() -> None:
    assert taken(World(LINES, [FIXED], [pack()], CONTENT), call(1, "10-05T08:00:00", 1, kind="sms")) == [0]


@pytest.mark.clause("BT-2.c", "ST-2.c")
def test_data_draws_on_the_data_of_all_packs_and_without_a_rate_it_is_covered_whole_or_not_at_all() -> None:
    contents = [PackContent("P", SINCE, "roaming", None, Decimal(1)), PackContent("P", SINCE, "home", None, Decimal("0.5"))]
    world = World(LINES, [FIXED], [pack()], contents)
    sessions = [
        call(n, f"10-0{n}T08:00:00", size, kind="data", callee="") for n, size in enumerate((1_400_000, 200_000, 100_000, 1), start=1)
    ]
    rated = world.close(sessions)
    assert [rated[n].status for n in (1, 2, 3, 4)] == ["in_pack", "unrated", "in_pack", "unrated"]
    assert world.pools is not None
    assert [(use.pool.destination_group, use.pool.unit, use.used) for use in world.pools.uses()] == [("home", "bytes", 1_500_000)]


@pytest.mark.clause("BT-2.c", "ST-2.c")
def test_what_is_left_of_a_pool_can_be_asked() -> None:
    pools = Pools(Packs([pack()], CONTENT), {Pool("C1", "E1", "fixed", "seconds", date(2026, 10, 1)): 450})
    assert pools.left(Pool("C1", "E1", "fixed", "seconds", date(2026, 10, 1)), date(2026, 10, 5)) == 150
    assert pools.left(Pool("C1", "E9", "fixed", "seconds", date(2026, 10, 1)), date(2026, 10, 5)) == 0
    assert Packs([pack()], CONTENT).changes(Period.month("2026-10"))[(("C1", "E1"), "fixed", "seconds")] == {date(2026, 10, 1): 600}


@pytest.mark.clause("BT-2.c", "ST-2.c")
def test_sessions_without_a_rate_take_their_turn_by_id_even_after_one_that_did_not_fit() -> None:
    contents = [PackContent("P", SINCE, "roaming", None, Decimal("0.0001"))]  # 100 bytes
    sessions = [
        call(1, "10-05T08:00:00", 150, kind="data", callee=""),
        call(2, "10-06T08:00:00", 80, kind="data", callee="", usage_id="b"),
        call(3, "10-06T08:00:00", 60, kind="data", callee="", usage_id="a"),
    ]
    assert taken(World(LINES, [FIXED], [pack()], contents), *sessions) == [0, 0, 60]
