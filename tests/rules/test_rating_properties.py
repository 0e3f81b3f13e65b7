"""The columns against one call at a time: every row of every small world, and what must hold whatever the order."""

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import groupby

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from billing.minimum_service import Suspension
from billing.packs import PackContent, PackLine, Pools
from billing.tariff import Rate
from tests.rules.rating_cases import World
from tests.rules.rating_oracle import Call, OrderLine

DECKS = ("business_telephony", "sip_trunking")
GROUPS = ("national", "mobile", "emergency")
MARKS = ("", "", "s", "sms", "data", "us:", "us:", "us:s", "us:sms", "us:data", "eu:data")
START = datetime(2026, 10, 20, tzinfo=UTC)

digits = st.text(alphabet="234", max_size=4)
days = st.dates(date(2026, 10, 18), date(2026, 11, 8))


@st.composite
def rates(draw: st.DrawFn) -> list[Rate]:
    keys = draw(st.lists(st.tuples(st.sampled_from(DECKS), st.sampled_from(MARKS), digits, days), max_size=18, unique=True))
    return [
        Rate(
            number,
            deck,
            mark + prefix,
            day,
            f"{mark}{prefix}",
            draw(st.sampled_from(GROUPS)),
            draw(st.sampled_from([0, 1, 65_000, 100_000, 123_457])),
            draw(st.sampled_from([0, 0, 9_999, 50_000])),
            draw(st.sampled_from([1, 1, 30, 60])),
            draw(st.sampled_from([1, 1, 6])),
        )
        for number, (deck, mark, prefix, day) in enumerate(keys, start=1)
    ]


@st.composite
def lines(draw: st.DrawFn) -> list[OrderLine]:
    return [
        OrderLine(
            number,
            draw(st.sampled_from(DECKS)),
            "C1",
            draw(st.sampled_from(["E1", "E2"])),
            draw(st.sampled_from([date(2026, 1, 1), date(2026, 10, 25)])),
            draw(st.sampled_from([None, None, date(2026, 11, 3)])),
            draw(st.sampled_from([True, True, True, False])),
        )
        for number in range(1, 4)
    ]


@st.composite
def packs(draw: st.DrawFn) -> tuple[list[PackLine], list[PackContent]]:
    held = [
        PackLine(
            number,
            "C1",
            draw(st.sampled_from(["E1", "E2"])),
            draw(st.sampled_from(["P1", "P2"])),
            draw(st.sampled_from([date(2026, 1, 1), date(2026, 10, 22), date(2026, 11, 2)])),
            draw(st.sampled_from([None, None, date(2026, 10, 29)])),
            draw(st.integers(0, 3)),
            draw(st.sampled_from([None, date(2026, 10, 31)])),
        )
        for number in range(11, 11 + draw(st.integers(0, 3)))
    ]
    keys = draw(st.lists(st.tuples(st.sampled_from(["P1", "P2"]), st.sampled_from(GROUPS[:2]), days), max_size=5, unique=True))
    amounts = st.sampled_from([None, Decimal("0.5"), Decimal(1), Decimal("3.333333")])
    megabytes = st.sampled_from([None, Decimal("0.0001"), Decimal("0.00021")])
    return held, [PackContent(product, day, group, draw(amounts), draw(megabytes)) for product, group, day in keys]


@st.composite
def calls(draw: st.DrawFn) -> list[Call]:
    return [
        Call(
            number,
            draw(st.sampled_from("abcdé")) + str(number),
            draw(st.integers(1, 4)),
            draw(st.sampled_from(["voice", "voice", "voice", "sms", "data"])),
            draw(st.sampled_from([True, True, True, True, False])),
            draw(st.one_of(digits.filter(bool), st.just("s112"), digits.filter(bool).map("s".__add__))),
            START + timedelta(hours=draw(st.integers(0, 60)) * 6),
            draw(st.sampled_from([0, 1, 29, 30, 31, 60, 61, 90, 200])),
            draw(st.sampled_from(["", "", "", "FR", "NO", "BE", "US", "MA"])),
            draw(st.sampled_from(["", "+32470000001", "+32470000002"])),
        )
        for number in range(1, draw(st.integers(1, 25)) + 1)
    ]


@st.composite
def worlds(draw: st.DrawFn) -> World:
    held, contents = draw(packs())
    charged = {(line.line_no, date(2026, 10, 1)): draw(st.integers(0, 2)) for line in held if draw(st.booleans())}
    suspended = Suspension("E2", draw(days), None) if draw(st.booleans()) else Suspension("E2", date(2026, 10, 22), date(2026, 10, 26))
    off = draw(st.sampled_from([(), (), (suspended,)]))
    caps = draw(st.sampled_from([{}, {}, {date(2026, 11, 1): 0}]))
    return World(draw(lines()), draw(rates()), held, contents, charged, suspensions=off, caps=caps)


def batches_by_time(made: list[Call], cuts: list[int]) -> list[list[Call]]:
    """The calls in order of time, cut into batches at some hours; never inside one instant."""
    ordered = sorted(made, key=lambda call: call.started)
    edges = sorted(START + timedelta(hours=cut * 6) for cut in cuts)
    return [list(batch) for _, batch in groupby(ordered, key=lambda call: sum(call.started >= edge for edge in edges))]


@pytest.mark.clause("BT-2.e", "BT-2.c", "ST-2.c")
@settings(max_examples=300, deadline=None)
@given(worlds(), calls())
def test_every_row_is_as_the_plain_rule_says(world: World, made: list[Call]) -> None:
    rated, plain = world.close(made), world.oracle().rate(made)
    for call in made:
        if not call.outgoing:
            assert rated[call.usage_no].rate_no == 0
        assert rated[call.usage_no] == plain[call.usage_no], (call, world.reasons[call.usage_no])


@pytest.mark.clause("BT-2.c", "ST-2.c")
@settings(max_examples=100, deadline=None)
@given(worlds(), calls(), st.randoms(use_true_random=False), st.lists(st.integers(0, 60), max_size=4))
def test_no_order_of_rows_and_no_cut_into_batches_changes_anything(
    world: World, made: list[Call], chance: random.Random, cuts: list[int]
) -> None:
    as_given = world.close(made)
    uses = world.pools.uses() if world.pools else []
    shuffled = [chance.sample(batch, len(batch)) for batch in batches_by_time(made, cuts)]
    assert world.close(*shuffled) == as_given
    assert world.pools is not None
    assert world.pools.uses() == uses


@pytest.mark.clause("BT-2.e", "BT-2.c", "ST-2.c")
@settings(max_examples=100, deadline=None)
@given(worlds(), calls())
def test_every_record_has_one_status_and_its_seconds_add_up(world: World, made: list[Call]) -> None:
    rated = world.close(made)
    assert rated.keys() == {call.usage_no for call in made}
    for call in made:
        answer = rated[call.usage_no]
        assert answer.in_pack + answer.charged == call.quantity
        assert min(answer.in_pack, answer.charged, answer.price, answer.beyond) >= 0
        assert answer.beyond <= answer.charged
        assert (answer.price > 0) <= (answer.status == "charged")


@pytest.mark.clause("BT-2.c", "ST-2.c")
@settings(max_examples=100, deadline=None)
@given(worlds(), calls(), st.integers(0, 60))
def test_two_closes_one_after_the_other_take_no_more_than_one(world: World, made: list[Call], cut: int) -> None:
    together = world.close(made)
    uses = {use.pool: use.used for use in _uses(world)}
    answers = {}
    world.earlier = {}
    for batch in batches_by_time(made, [cut]):
        answers |= world.close(batch)
        for use in _uses(world):
            world.earlier[use.pool] = world.earlier.get(use.pool, 0) + use.used
            assert 0 < world.earlier[use.pool] <= use.allowance
    assert answers == together
    assert world.earlier == uses


def _uses(world: World) -> list:
    assert isinstance(world.pools, Pools)
    return world.pools.uses()


@pytest.mark.clause("BT-2.e")
@pytest.mark.parametrize("seed", [1, 2])
def test_a_month_of_twenty_thousand_calls_is_as_the_plain_rule_says(seed: int) -> None:
    chance = random.Random(seed)
    world, made = big_world(chance), big_month(chance, 20_000)
    rated, plain = world.close(*batches_by_time(made, [40, 80, 81, 120])), world.oracle().rate(made)
    assert {number: (rated[number], plain[number]) for number in plain if rated[number] != plain[number]} == {}
    assert {answer.status for answer in rated.values()} == {"charged", "in_pack", "free", "unrated"}
    assert sum(answer.status == "charged" and answer.in_pack > 0 for answer in rated.values()) > 20


def big_world(chance: random.Random) -> World:
    prefixes = {str(chance.randrange(1, 10 ** chance.randint(1, 6))) for _ in range(1500)} - {"9"}
    rates = []
    for prefix in sorted(prefixes):
        for day in {date(2026, 1, 1), chance.choice([date(2026, 1, 1), date(2026, 10, 14), date(2026, 10, 26), date(2026, 11, 1)])}:
            group = chance.choice(["national", "mobile", "abroad"])
            rates.append(
                Rate(
                    len(rates) + 1, DECKS[len(rates) % 2], prefix, day, prefix, group, chance.randrange(400_000), chance.choice([0, 70_000])
                )
            )
    lines = [OrderLine(number, DECKS[number % 2], f"C{number % 40}", f"E{number % 90}", date(2026, 1, 1)) for number in range(1, 400)]
    packs = [
        PackLine(1000 + n, f"C{n % 40}", f"E{n % 90}", f"P{n % 3}", date(2026, 10, chance.choice([1, 1, 23])), None, n % 3 + 1)
        for n in range(1, 360)
    ]
    contents = [
        PackContent(f"P{n}", date(2026, 1, 1), group, Decimal(40 * n + 20), None) for n in range(3) for group in ("national", "mobile")
    ]
    contents.append(PackContent("P2", date(2026, 10, 17), "mobile", Decimal(60), None))
    return World(lines, rates, packs, contents)


def big_month(chance: random.Random, count: int) -> list[Call]:
    first = datetime(2026, 9, 30, 20, tzinfo=UTC)
    return [
        Call(
            number,
            f"{chance.randrange(10**9):x}-{number}",
            chance.randrange(1, 400),
            "voice",
            chance.random() < 0.95,
            str(chance.randrange(1, 10 ** chance.choice([2, 4, 9, 11, 15]))),
            first + timedelta(minutes=chance.randrange(33 * 1440)),
            chance.randrange(0, 900),
        )
        for number in range(1, count + 1)
    ]
