"""What one call costs, case by case, with amounts a head can check. A second to a Belgian fixed number is a tenth of a cent."""

from datetime import date
from decimal import Decimal

import numpy as np
import pytest

from billing.packs import PackContent, PackLine
from billing.rating import Rating, Reason, Usage, brussels_days, micros_since_1970, price_in_cents
from billing.tariff import EPOCH, Rate, Tariff, day_number
from tests.rules.rating_cases import World, columns
from tests.rules.rating_oracle import Answer, Call, OrderLine, utc

BT, SIP, WEB, TLX = "business_telephony", "sip_trunking", "web_meeting", "telavox"
SINCE = date(2025, 1, 1)


def rate(
    number: int,
    prefix: str,
    cents_a_minute: int,
    *,
    deck: str = BT,
    setup: int = 0,
    since: date = SINCE,
    group: str = "",
    steps: tuple[int, int] = (1, 1),
) -> Rate:
    return Rate(number, deck, prefix, since, prefix, group or f"to {prefix}", cents_a_minute * 10_000, setup * 10_000, *steps)


def line(number: int = 1, deck: str = BT, **more: object) -> OrderLine:
    return OrderLine(number, deck, "C1", "E1", **{"starts_on": SINCE, **more})  # type: ignore[arg-type]


def call(callee: str = "3223456789", seconds: int = 60, at: str = "2026-10-05T08:00:00", **more: object) -> Call:
    return Call(
        **{
            "usage_no": 1,
            "usage_id": "u",
            "line_no": 1,
            "kind": "voice",
            "outgoing": True,
            "callee": callee,
            "started": utc(at),
            "quantity": seconds,
            **more,
        }
    )  # type: ignore[arg-type]


def answer(rates: list[Rate], one: Call, deck: str = BT) -> Answer:
    return World([line(deck=deck)], rates).close([one])[1]


FIXED, MOBILE = rate(1, "32", 6), rate(2, "324", 12)


@pytest.mark.clause("BT-2.e")
@pytest.mark.parametrize(
    ("callee", "seconds", "price"),
    [
        ("3223456789", 60, "0.06"),
        ("3223456789", 61, "0.07"),  # 6.1 cents
        ("3223456789", 1, "0.01"),  # a tenth of a cent
        ("3223456789", 10, "0.01"),  # exactly a cent stays a cent
        ("32475123456", 125, "0.25"),  # exactly 25 cents
        ("32475123456", 126, "0.26"),  # 25.2
    ],
)
def test_a_call_is_priced_by_the_second_and_rounded_up_once(callee: str, seconds: int, price: str) -> None:
    assert answer([FIXED, MOBILE], call(callee, seconds)).price == Decimal(price)


@pytest.mark.clause("BT-2.e")
def test_setup_and_minutes_are_added_before_the_rounding() -> None:
    # 0.5 cent of setup and 0.5 cent of call make one cent, not two.
    half = Rate(1, BT, "32", SINCE, "", "g", 60_000, 5_000)
    assert answer([half], call(seconds=5)).price == Decimal("0.01")
    assert answer([half], call(seconds=6)).price == Decimal("0.02")


@pytest.mark.clause("BT-2.e")
def test_the_longest_prefix_wins() -> None:
    rates = [FIXED, MOBILE, rate(3, "3242", 6)]
    assert [answer(rates, call(number)).rate_no for number in ("3223456789", "32475123456", "3242223344", "324")] == [1, 2, 3, 2]


@pytest.mark.clause("BT-2.e")
def test_a_number_shorter_than_a_prefix_does_not_have_it() -> None:
    # Padded with zeros, 324 would look like 324000…, and 32 like 320….
    rates = [rate(1, "3240", 50), rate(2, "32", 6), rate(3, "320", 90)]
    assert answer(rates, call("324")).rate_no == 2
    assert answer(rates, call("32")).rate_no == 2
    assert answer(rates, call("3")).status == "unrated"
    assert answer(rates, call("3240")).rate_no == 1


@pytest.mark.clause("BT-2.d", "ST-2.d")
def test_a_number_whose_price_changes_within_the_month_is_priced_by_the_day_it_was_called() -> None:
    rates = [rate(1, "44", 30), rate(2, "44", 60, since=date(2026, 10, 15))]
    # Midnight in Brussels is 22:00 UTC in summer.
    assert answer(rates, call("442079460000", at="2026-10-14T21:59:59")).price == Decimal("0.30")
    assert answer(rates, call("442079460000", at="2026-10-14T22:00:00")).price == Decimal("0.60")


@pytest.mark.clause("BT-2.d", "ST-2.d")
def test_a_longer_prefix_not_yet_in_force_leaves_the_call_to_the_shorter_one() -> None:
    rates = [FIXED, rate(2, "3247", 20, since=date(2026, 11, 1))]
    assert answer(rates, call("32475123456", at="2026-10-31T22:59:59")).rate_no == 1
    # 23:30 UTC on 31 October is 00:30 on 1 November in Brussels: winter time since the 25th.
    assert answer(rates, call("32475123456", at="2026-10-31T23:30:00")).rate_no == 2


@pytest.mark.clause("BT-2.e")
def test_before_the_first_version_of_all_a_call_is_unrated() -> None:
    late = [rate(1, "32", 6, since=date(2026, 10, 5))]
    assert answer(late, call(at="2026-10-04T21:59:59")).status == "unrated"
    assert answer(late, call(at="2026-10-04T22:00:00")).status == "charged"


@pytest.mark.clause("BT-2.e")
@pytest.mark.parametrize(
    ("instant", "day"),
    [
        ("2026-10-24T21:59:59", date(2026, 10, 24)),
        ("2026-10-24T22:00:00", date(2026, 10, 25)),
        ("2026-10-25T22:59:59", date(2026, 10, 25)),  # the day of 25 hours
        ("2026-10-25T23:00:00", date(2026, 10, 26)),
        ("2026-03-28T22:59:59", date(2026, 3, 28)),
        ("2026-03-28T23:00:00", date(2026, 3, 29)),
        ("2026-03-29T21:59:59", date(2026, 3, 29)),  # the day of 23 hours
        ("2026-03-29T22:00:00", date(2026, 3, 30)),
        ("2026-10-31T23:30:00", date(2026, 11, 1)),
        ("2026-12-31T23:00:00", date(2027, 1, 1)),
        ("1985-01-01T12:00:00", date(1985, 1, 1)),
    ],
)
def test_the_day_of_a_call_is_the_day_in_brussels(instant: str, day: date) -> None:
    assert brussels_days(np.array([micros_since_1970(utc(instant))])).tolist() == [day_number(day)]
    assert date(1970, 1, 1) == EPOCH


@pytest.mark.clause("BT-2.e")
@pytest.mark.parametrize(
    ("deck", "steps", "seconds", "billed", "price"),
    [
        (SIP, (60, 1), 1, 60, "0.06"),
        (SIP, (60, 1), 60, 60, "0.06"),
        (SIP, (60, 1), 61, 61, "0.07"),
        (SIP, (60, 60), 61, 120, "0.12"),
        (SIP, (30, 6), 31, 36, "0.04"),
        (SIP, (30, 6), 36, 36, "0.04"),
        (SIP, (30, 6), 37, 42, "0.05"),
        (SIP, (1, 1), 61, 61, "0.07"),
        (TLX, (60, 60), 1, 60, "0.06"),
        (BT, (60, 60), 61, 61, "0.07"),
        (WEB, (60, 60), 61, 61, "0.07"),
    ],
)
def test_increments_of_the_deck_apply_to_sip_and_telavox_only(
    deck: str, steps: tuple[int, int], seconds: int, billed: int, price: str
) -> None:
    world = World([line(deck=deck)], [rate(1, "32", 6, deck=deck, steps=steps)])
    assert world.close([call(seconds=seconds)])[1] == Answer(1, 0, seconds, Decimal(price), "charged")
    assert world.billed[1] == billed


@pytest.mark.clause("BT-2.e")
def test_increments_are_counted_on_what_the_pack_leaves() -> None:
    packs = [PackLine(9, "C1", "E1", "P", SINCE, None, 1)]
    contents = [PackContent("P", SINCE, "to 32", Decimal(1), None)]
    world = World([line(deck=SIP)], [rate(1, "32", 6, deck=SIP, steps=(60, 60))], packs, contents)
    # 90 seconds, 60 from the pack: 30 are left, billed as one minute; what is stored is the real 30.
    assert world.close([call(seconds=90)])[1] == Answer(1, 60, 30, Decimal("0.06"), "charged")


@pytest.mark.clause("BT-2.e", "BT-2.k", "ST-2.f")
@pytest.mark.parametrize(
    ("one", "status", "reason"),
    [
        (call(seconds=0), "free", Reason.NO_QUANTITY),
        (call(outgoing=False), "free", Reason.INCOMING),
        (call("s112"), "free", Reason.EMERGENCY),
        (call("s112", line_no=3), "free", Reason.EMERGENCY),  # whatever the contract
        (call("3289999", seconds=90), "free", Reason.EMERGENCY),  # by its group
        (call("3280012345"), "free", Reason.ZERO_PRICE),
        (call(line_no=3), "held", Reason.CONTRACT_NOT_IN_FORCE),
        (call(line_no=2, at="2026-10-04T21:59:59"), "held", Reason.LINE_NOT_IN_SERVICE),  # the day before its first
        (call(line_no=2, at="2026-10-04T22:00:00"), "charged", Reason.NONE),
        (call(line_no=2, at="2026-10-20T21:59:59"), "charged", Reason.NONE),  # its last day
        (call(line_no=2, at="2026-10-20T22:00:00"), "held", Reason.LINE_NOT_IN_SERVICE),
        (call(line_no=77), "held", Reason.LINE_UNKNOWN),
        (call("99123456"), "unrated", Reason.NO_RATE),
        (call("s1722"), "unrated", Reason.NO_RATE),
    ],
)
def test_what_becomes_of_a_call_and_why(one: Call, status: str, reason: Reason) -> None:
    lines = [line(), line(2, starts_on=date(2026, 10, 5), ends_on=date(2026, 10, 20)), line(3, in_force=False)]
    world = World(lines, [FIXED, rate(2, "32800", 0), rate(3, "328999", 9, group="emergency")])
    found = world.close([one])[1]
    assert (found.status, world.reasons[1]) == (status, reason)
    assert bool(world.reasons[1].text) == (reason != Reason.NONE)


@pytest.mark.clause("BT-2.e", "BT-2.k", "ST-2.f")
def test_short_codes_have_their_own_prefixes() -> None:
    rates = [rate(1, "12", 30), rate(2, "s1207", 60, setup=100), rate(3, "s12", 10)]
    assert answer(rates, call("s1207")) == Answer(2, 0, 60, Decimal("1.60"), "charged")
    assert answer(rates, call("s1212")).rate_no == 3
    assert answer(rates, call("12025550123")).rate_no == 1


@pytest.mark.clause("BT-2.e")
def test_messages_take_their_own_rate_where_the_deck_has_one() -> None:
    rates = [rate(1, "32", 6), rate(2, "sms32", 0, setup=10), rate(3, "33", 60)]
    assert answer(rates, call("32475123456", 1, kind="sms")) == Answer(2, 0, 1, Decimal("0.10"), "charged")
    # Without one, messages stand in the place of seconds: 60 cents a minute is one cent each.
    assert answer(rates, call("33612345678", 3, kind="sms")) == Answer(3, 0, 3, Decimal("0.03"), "charged")


@pytest.mark.clause("BT-2.e")
def test_data_has_only_data_rates() -> None:
    rates = [rate(1, "32", 6), rate(2, "data", 0, setup=5, deck=TLX)]
    assert answer(rates, call("", 5_000, kind="data")).status == "unrated"
    assert answer(rates, call("", 5_000, kind="data"), TLX) == Answer(2, 0, 5_000, Decimal("0.05"), "charged")


@pytest.mark.clause("BT-2.e")
def test_a_price_beyond_64_bits_on_the_way_is_still_exact() -> None:
    def cents(setup: int, per_minute: int, quantity: int) -> list[int]:
        return price_in_cents(np.array([setup]), np.array([per_minute]), np.array([quantity])).tolist()

    assert cents(0, 10**9, 10**12) == [-(-(10**21) // 600_000)]
    assert cents(1, 10**9, 10**12) == [-(-(60 + 10**21) // 600_000)]
    with pytest.raises(OverflowError):
        cents(0, 10**18, 10**18)


def test_batches_out_of_order_are_refused() -> None:
    world = World([line()], [FIXED])
    with pytest.raises(ValueError, match="not given in order of time"):
        world.close([call(at="2026-10-06T08:00:00")], [call(usage_no=2, at="2026-10-05T08:00:00")])


def test_nothing_in_gives_nothing_out() -> None:
    world = World([line()], [FIXED])
    assert world.close([]) == {}
    assert isinstance(columns([]), Usage)
    assert Rating.__doc__
    assert Tariff([]).groups == ()


@pytest.mark.clause("BT-2.e")
def test_a_world_without_rates_leaves_every_call_unrated() -> None:
    assert World([line()], []).close([call()])[1].status == "unrated"
