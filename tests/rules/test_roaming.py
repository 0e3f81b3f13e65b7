"""Usage made abroad: as at home in the Union, by its country elsewhere, and data in the Union up to the limit of its user."""

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from billing.minimum_service import MinimumService, Suspension
from billing.packs import PackContent, PackLine, Packs
from billing.period import Period
from billing.rating import Reason
from billing.roaming import RoamingUser, cap_in_force, limit_of
from billing.tariff import Ints, Mark, Rate, split_prefix, useless_country
from billing.visited import UNION, code_of, country_of
from tests.rules.rating_cases import World
from tests.rules.rating_oracle import Answer, Call, OrderLine, utc

MB = 1_000_000
TLX = "telavox"
SINCE = date(2026, 1, 1)


def rate(number: int, prefix: str, group: str, per_minute: int, setup: int = 0, first: int = 1, following: int = 1) -> Rate:
    return Rate(number, TLX, prefix, SINCE, prefix, group, per_minute, setup, first, following)


BELGIUM = rate(1, "32", "belgium", 60_000)
GERMANY = rate(2, "49", "eu", 120_000)
DATA = rate(3, "data", "data", 6)  # 6 micro-euro for 60 bytes: 0.10 EUR a MB
SURCHARGE = rate(4, "eu:data", "roaming_data", 12)  # 0.20 EUR a MB
FROM_US = rate(5, "us:", "us_anywhere", 1_900_000, 0, 60, 60)
US_TO_BELGIUM = rate(6, "us:32", "us_home", 950_000)
US_SMS = rate(7, "us:sms", "us_sms", 0, 350_000)
US_DATA = rate(8, "us:data", "us_data", 60)  # 1.00 EUR a MB
HOME_SMS = rate(9, "sms", "sms", 0, 60_000)
RATES = [BELGIUM, GERMANY, DATA, SURCHARGE, FROM_US, US_TO_BELGIUM, US_SMS, US_DATA, HOME_SMS]
LINE = OrderLine(1, TLX, "C1", "E1", SINCE)
PACK = PackLine(9, "C1", "E1", "P", SINCE, None, 1)
BUNDLE = PackContent("P", SINCE, "data", None, Decimal(100))  # MB
MINUTES = PackContent("P", SINCE, "eu", Decimal(10), None)
MOROCCO, FRANCE, AMERICA = "MA", "FR", "US"


def data(number: int, day: int, megabytes: int, visited: str = FRANCE, sim: str = "+32470000001", month: int = 10) -> Call:
    return Call(number, f"u{number}", 1, "data", True, "", utc(f"2026-{month:02}-{day:02}T12:00:00"), megabytes * MB, visited, sim)


def call(number: int, callee: str, visited: str = "", seconds: int = 90, kind: str = "voice", outgoing: bool = True) -> Call:
    return Call(number, f"u{number}", 1, kind, outgoing, callee, utc(f"2026-10-05T10:{number:02}:00"), seconds, visited)


def world(*contents: PackContent, packs: list[PackLine] | None = None, **more: object) -> World:
    return World([LINE], RATES, [PACK] if packs is None else packs, contents, **more)


def eur(text: str) -> Decimal:
    return Decimal(text)


@pytest.mark.clause("GC-6.2", "GC-6.3")
def test_a_session_that_crosses_the_limit_is_split_and_only_what_is_beyond_is_surcharged() -> None:
    rated = world(BUNDLE).close([data(1, 3, 90), data(2, 4, 25), data(3, 5, 2)])
    # 100 MB a month: 90, then 10 of 25; 15 MB beyond at 0.20 a MB, then 2.
    assert rated == {
        1: Answer(3, 90 * MB, 0, eur("0"), "in_pack"),
        2: Answer(3, 10 * MB, 15 * MB, eur("3.00"), "charged", 15 * MB),
        3: Answer(3, 0, 2 * MB, eur("0.40"), "charged", 2 * MB),
    }


@pytest.mark.clause("GC-6.2", "GC-6.3")
def test_a_session_past_its_pool_and_its_limit_has_three_parts_and_is_rounded_up_once() -> None:
    used_at_home = data(1, 2, 95, visited="")
    rated = world(BUNDLE).close([used_at_home, data(2, 3, 80), data(3, 4, 30)])
    # The pool has 5 MB left of 100; the limit of the user is untouched by what he used at home.
    assert rated[2] == Answer(3, 5 * MB, 75 * MB, eur("7.50"), "charged")
    assert rated[3] == Answer(3, 0, 30 * MB, eur("4.00"), "charged", 10 * MB)  # 20 x 0.10 + 10 x 0.20
    one_byte_each = Call(4, "u4", 1, "data", True, "", utc("2026-10-06T12:00:00"), 2, FRANCE, "+32470000001")
    almost = world(BUNDLE, roamed_before={RoamingUser(1, "+32470000001", date(2026, 10, 1)): 100 * MB - 1})
    almost.earlier = {}
    assert almost.close([data(1, 2, 100, visited=""), one_byte_each])[4] == Answer(3, 0, 2, eur("0.01"), "charged", 1)


@pytest.mark.clause("GC-6.2")
def test_the_second_close_of_a_month_knows_what_the_first_let_pass() -> None:
    user = RoamingUser(1, "+32470000001", date(2026, 10, 1))
    rated = world(BUNDLE, roamed_before={user: 70 * MB}).close([data(1, 30, 40), data(2, 2, 40, month=11)])
    assert rated[1].beyond == 10 * MB
    assert rated[2].beyond == 0  # November has its own limit


@pytest.mark.clause("GC-6.2")
def test_two_sims_of_a_line_have_a_limit_each_and_share_one_pool() -> None:
    two = PackLine(9, "C1", "E1", "P", SINCE, None, 2)
    rated = world(BUNDLE, packs=[two]).close(
        [data(1, 3, 110, sim="+32470000001"), data(2, 4, 110, sim="+32470000002"), data(3, 5, 1, sim="")]
    )
    assert [rated[n].beyond // MB for n in (1, 2, 3)] == [10, 10, 0]
    assert [rated[n].in_pack // MB for n in (1, 2, 3)] == [100, 100, 0]


@pytest.mark.clause("GC-6.2")
@pytest.mark.parametrize(
    ("caps", "beyond_mb"),
    [
        pytest.param({date(2026, 1, 1): 50}, 70, id="a cap of 50 MB below the bundle of 100"),
        pytest.param({date(2026, 1, 1): 150}, 20, id="a cap of 150 MB above the bundle of 100"),
        pytest.param({date(2026, 1, 1): 50, date(2026, 10, 1): 80}, 40, id="the later cap, from the first of the month"),
        pytest.param({date(2026, 10, 2): 50}, 20, id="a cap from the second day of the month: not this month"),
        pytest.param({date(2026, 1, 1): 0}, 120, id="a cap of nothing"),
    ],
)
def test_the_operators_cap_counts_where_it_is_lower_than_the_bundle(caps: dict[date, int], beyond_mb: int) -> None:
    assert world(BUNDLE, caps=caps).close([data(1, 20, 120)])[1].beyond == beyond_mb * MB


@pytest.mark.clause("GC-6.2")
def test_without_a_bundle_only_the_cap_is_a_limit() -> None:
    assert world(packs=[]).close([data(1, 20, 120)])[1] == Answer(3, 0, 120 * MB, eur("12.00"), "charged")
    assert world(packs=[], caps={SINCE: 100}).close([data(1, 20, 120)])[1].beyond == 20 * MB


@pytest.mark.clause("GC-6.2")
def test_the_bundle_is_that_of_one_unit_of_the_largest_pack_in_service_in_the_month() -> None:
    october = Period.month("2026-10")
    small, large = PackContent("S", SINCE, "data", None, Decimal(10)), PackContent("L", SINCE, "data", None, Decimal(40))
    more_from_the_20th = PackContent("L", date(2026, 10, 20), "data", None, Decimal(60))

    def bundle(*lines: PackLine, contents: tuple[PackContent, ...] = (small, large)) -> int | None:
        return Packs(lines, contents).data_per_unit(october).get(("C1", "E1"))

    five_small = PackLine(9, "C1", "E1", "S", SINCE, None, 5)
    one_large = PackLine(10, "C1", "E1", "L", date(2026, 10, 25), None, 1)
    assert bundle(five_small) == 10 * MB
    assert bundle(five_small, one_large) == 40 * MB  # whole, though it starts on the 25th
    assert bundle(five_small, one_large, contents=(small, large, more_from_the_20th)) == 60 * MB
    assert bundle(PackLine(10, "C1", "E1", "L", SINCE, date(2026, 9, 30), 1)) is None
    assert bundle(PackLine(10, "C1", "E1", "L", SINCE, None, 0)) is None
    assert limit_of(None, None) is None
    assert cap_in_force({}, SINCE) is None


@pytest.mark.clause("GC-6.3")
def test_without_a_surcharge_in_the_deck_what_crosses_the_limit_waits_and_keeps_its_turn() -> None:
    bare = World([LINE], [DATA], [PACK], [BUNDLE])
    rated = bare.close([data(1, 3, 60), data(2, 4, 60), data(3, 5, 20)])
    assert rated[1] == Answer(3, 60 * MB, 0, eur("0"), "in_pack")
    assert rated[2] == Answer(3, 0, 60 * MB, eur("0"), "unrated")
    assert bare.reasons[2] == Reason.NO_SURCHARGE
    assert rated[3].status == "unrated"  # 40 of the 60 MB of the one before are within the limit: nothing is left
    assert bare.roaming is not None
    assert [use.used for use in bare.roaming.uses()] == [60 * MB]


@pytest.mark.clause("GC-6.1")
def test_a_call_from_france_to_germany_costs_and_draws_as_one_from_home() -> None:
    calls = [
        call(1, "4930123456", FRANCE, 700),
        call(2, "4930123456", "", 60),
        call(3, "4930123456", "NO", 60),
        call(4, "3223456789", "GP"),
    ]
    rated = world(MINUTES).close(calls)
    # Ten minutes are in the pack: 100 seconds of the first are charged at 0.12 a minute.
    assert rated[1] == Answer(2, 600, 100, eur("0.20"), "charged")
    assert rated[2] == rated[3] == Answer(2, 0, 60, eur("0.12"), "charged")
    assert rated[4] == Answer(1, 0, 90, eur("0.09"), "charged")


@pytest.mark.clause("GC-6.1")
def test_a_call_from_the_united_states_has_the_rates_of_the_united_states_and_no_pack() -> None:
    calls = [call(1, "4930123456", AMERICA), call(2, "3223456789", AMERICA), call(3, "12125550100", AMERICA, 0)]
    rated = world(MINUTES).close(calls)
    assert rated[1] == Answer(5, 0, 90, eur("3.80"), "charged")  # in whole minutes: 2 x 1.90
    assert rated[2] == Answer(6, 0, 90, eur("1.43"), "charged")  # 1.425 up to the cent
    assert rated[3].status == "free"


@pytest.mark.clause("GC-6.1")
def test_messages_and_data_outside_the_union_have_the_prefixes_of_their_country() -> None:
    rated = world(BUNDLE).close(
        [call(1, "32475123456", AMERICA, 1, "sms"), data(2, 6, 3, AMERICA), call(3, "32475123456", FRANCE, 1, "sms")]
    )
    assert rated[1] == Answer(7, 0, 1, eur("0.35"), "charged")
    assert rated[2] == Answer(8, 0, 3 * MB, eur("3.00"), "charged")
    assert rated[3] == Answer(9, 0, 1, eur("0.06"), "charged")


@pytest.mark.clause("GC-6.1")
def test_what_was_used_in_a_country_without_a_rate_is_unrated_and_says_so() -> None:
    small = world(BUNDLE, MINUTES)
    rated = small.close([call(1, "3223456789", MOROCCO), call(2, "32475123456", MOROCCO, 1, "sms"), data(3, 6, 3, MOROCCO)])
    assert {answer.status for answer in rated.values()} == {"unrated"}
    assert {small.reasons[n] for n in (1, 2, 3)} == {Reason.NO_RATE_ABROAD}
    assert Reason.NO_RATE_ABROAD.text == "no rate for the visited country"


@pytest.mark.clause("BT-2.k", "ST-2.f", "GC-6.1")
def test_emergency_calls_are_free_anywhere_and_calls_received_abroad_are_not_priced() -> None:
    small = world()
    rated = small.close([call(1, "s112", AMERICA), call(2, "s112", MOROCCO), call(3, "3223456789", AMERICA, outgoing=False)])
    assert {answer.status for answer in rated.values()} == {"free"}
    assert [small.reasons[n] for n in (1, 2, 3)] == [Reason.EMERGENCY, Reason.EMERGENCY, Reason.INCOMING]


SUSPENDED = Suspension("E1", date(2026, 10, 5), date(2026, 10, 25))


@pytest.mark.clause("BT-2.k", "ST-2.f")
@pytest.mark.parametrize(
    ("started", "status"),
    [
        pytest.param("2026-10-04T21:59:59", "charged", id="the last second before the first day, in Brussels"),
        pytest.param("2026-10-04T22:00:00", "held", id="midnight at the start of the first day"),
        pytest.param("2026-10-25T22:59:59", "held", id="the last second of the last day, the clocks have changed"),
        pytest.param("2026-10-25T23:00:00", "charged", id="midnight at the end of the last day"),
    ],
)
def test_minimum_service_holds_what_goes_out_from_its_first_day_to_its_last(started: str, status: str) -> None:
    small = World([LINE], RATES, suspensions=[SUSPENDED])
    assert small.close([Call(1, "u1", 1, "voice", True, "3223456789", utc(started), 60)])[1].status == status
    assert small.reasons[1] == (Reason.MINIMUM_SERVICE if status == "held" else Reason.NONE)


@pytest.mark.clause("BT-2.k", "ST-2.f")
def test_on_minimum_service_emergency_calls_and_calls_received_stay_free_and_others_are_not_touched() -> None:
    other = OrderLine(2, TLX, "C1", "E2", SINCE)
    small = World([LINE, other], RATES, suspensions=[Suspension("E1", date(2026, 10, 5), None)])
    rated = small.close(
        [
            call(1, "s112"),
            call(2, "3223456789", outgoing=False),
            call(3, "32475123456", seconds=1, kind="sms"),
            data(4, 6, 1, visited=""),
            Call(5, "u5", 2, "voice", True, "3223456789", utc("2026-10-05T10:05:00"), 60),
        ]
    )
    assert {number: answer.status for number, answer in rated.items()} == {1: "free", 2: "free", 3: "held", 4: "held", 5: "charged"}


@pytest.mark.clause("BT-2.k")
def test_suspensions_that_touch_or_overlap_are_one_stretch() -> None:
    days = [Suspension("E1", date(2026, 10, 1), date(2026, 10, 3)), Suspension("E1", date(2026, 10, 4), date(2026, 10, 6)), SUSPENDED]
    service = MinimumService(days, {1: "E1", 2: "E2"})
    first = (date(2026, 9, 30) - date(1970, 1, 1)).days
    found = [service.covers(_column(1), _column(first + day))[0] for day in range(28)]
    assert found == [False, *[True] * 25, False, False]
    assert not service.covers(_column(2), _column(first + 3))[0]


def _column(value: int) -> Ints:
    return np.array([value], dtype=np.int64)


@pytest.mark.clause("GC-6.1")
def test_the_union_is_the_27_their_own_parts_and_the_three_of_the_eea() -> None:
    assert len(UNION - {"AX", "GF", "GP", "MF", "MQ", "RE", "YT"}) == 30
    assert {"IS", "LI", "NO", "BE"} <= UNION
    assert not {"GB", "CH", "US", "MC"} & UNION
    assert (code_of(""), code_of("BE"), country_of(code_of("FR")), country_of(0)) == (0, 0, "FR", "BE")
    with pytest.raises(ValueError, match="two capitals"):
        code_of("fr")


def test_a_prefix_may_begin_with_the_country_it_is_for() -> None:
    us, eu = code_of("US"), code_of("EU")
    assert split_prefix("us:") == (us, Mark.NUMBER, "")
    assert split_prefix("us:s112") == (us, Mark.SHORT, "112")
    assert split_prefix("eu:data") == (eu, Mark.DATA, "")
    assert split_prefix("32") == (0, Mark.NUMBER, "32")
    assert useless_country("us:32") == ""
    assert "as at home" in useless_country("fr:32")


@st.composite
def roaming_worlds(draw: st.DrawFn) -> World:
    contents = [
        PackContent("P", SINCE, "data", None, Decimal(draw(st.sampled_from(["0.00003", "0.00005"])))),
        PackContent("P", date(2026, 10, 24), "data", None, Decimal("0.00004")),
    ]
    chosen = [one for one in (DATA, SURCHARGE) if draw(st.integers(0, 9)) > 1]
    caps = draw(st.sampled_from([{}, {}, {SINCE: 0}]))
    packs = [PackLine(9, "C1", "E1", "P", SINCE, None, draw(st.integers(0, 3)))] if draw(st.booleans()) else []
    return World([LINE, OrderLine(2, TLX, "C1", "E1", SINCE)], chosen, packs, contents, caps=caps)


@st.composite
def sessions(draw: st.DrawFn) -> list[Call]:
    first = datetime(2026, 10, 22, tzinfo=UTC)
    return [
        Call(
            number,
            draw(st.sampled_from("abé")) + str(number),
            draw(st.integers(1, 2)),
            "data",
            True,
            "",
            first + timedelta(hours=12 * draw(st.integers(0, 30))),
            draw(st.integers(0, 40)),
            draw(st.sampled_from(["FR", "FR", "DE", ""])),
            draw(st.sampled_from(["+32470000001", "+32470000002"])),
        )
        for number in range(1, 1 + draw(st.integers(1, 14)))
    ]


@pytest.mark.clause("GC-6.2", "GC-6.3")
@settings(max_examples=200, deadline=None)
@given(roaming_worlds(), sessions(), st.randoms(use_true_random=False), st.lists(st.integers(0, 30), max_size=3))
def test_whatever_the_order_of_rows_each_session_is_as_the_plain_rule_says_and_no_user_passes_his_limit(
    small: World, made: list[Call], chance: random.Random, cuts: list[int]
) -> None:
    rated = small.close(chance.sample(made, len(made)))
    assert rated == small.oracle().rate(made)
    assert small.roaming is not None
    uses = small.roaming.uses()
    within: dict[tuple[int, str, int], int] = {}
    for one in made:
        answer = rated[one.usage_no]
        assert answer.in_pack + answer.charged == one.quantity
        assert 0 <= answer.beyond <= answer.charged
        if one.visited and answer.status != "unrated":
            user = (one.line_no, one.caller, one.started.month)  # no session starts in the first hours of a month
            within[user] = within.get(user, 0) + one.quantity - answer.beyond
    assert {(use.user.line_no, use.user.sim, use.user.month.month): use.used for use in uses} == {u: n for u, n in within.items() if n}
    if small.caps:
        assert not any(within.values())
    elif small.packs and small.packs[0].quantity:
        assert max(within.values(), default=0) <= 50
    ordered = sorted(made, key=lambda one: one.started)
    edges = sorted({ordered[0].started + timedelta(hours=12 * cut) for cut in cuts})
    batches = [[one for one in ordered if sum(one.started >= edge for edge in edges) == number] for number in range(len(edges) + 1)]
    assert small.close(*(batch for batch in batches if batch)) == rated
    assert small.roaming.uses() == uses


@pytest.mark.clause("GC-6.2")
@settings(max_examples=100, deadline=None)
@given(roaming_worlds(), sessions(), st.integers(0, 30))
def test_two_closes_one_after_the_other_let_users_have_what_one_close_would(small: World, made: list[Call], cut: int) -> None:
    together = small.close(made)
    edge = datetime(2026, 10, 22, tzinfo=UTC) + timedelta(hours=12 * cut)
    answers: dict[int, Answer] = {}
    for batch in ([one for one in made if one.started < edge], [one for one in made if one.started >= edge]):
        left = [one for one in made if one.usage_no in answers and answers[one.usage_no].status == "unrated"]
        if not batch and not left:
            continue
        answers |= small.close([*batch, *left])
        assert small.roaming is not None
        assert small.pools is not None
        for use in small.roaming.uses():
            small.roamed_before[use.user] = small.roamed_before.get(use.user, 0) + use.used
        for taken in small.pools.uses():
            small.earlier[taken.pool] = small.earlier.get(taken.pool, 0) + taken.used
    assert {n: (a.beyond, a.status) for n, a in answers.items()} == {n: (a.beyond, a.status) for n, a in together.items()}
