"""A call is quoted by the rule that bills it, and the quote says why."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from billing.packs import PackContent, PackLine
from billing.tariff import Rate
from tasks.outside import Outside
from tasks.quote import QuoteRefused, instant, quote
from tests.rules.rating_cases import World
from tests.rules.rating_oracle import Call, OrderLine, utc
from tests.steps.rating_database import Stored

BT, SIP = "business_telephony", "sip_trunking"
RATES = [
    Rate(1, BT, "32", date(2025, 1, 1), "Belgium", "belgium_fixed", 60_000, 0),
    Rate(2, BT, "324", date(2025, 1, 1), "Belgium mobile", "belgium_mobile", 123_400, 50_000),
    Rate(3, BT, "44", date(2025, 1, 1), "United Kingdom", "world_1", 300_000, 0),
    Rate(4, BT, "44", date(2026, 10, 15), "United Kingdom", "world_1", 600_000, 0),
    Rate(5, SIP, "32", date(2025, 1, 1), "Belgium", "belgium_fixed", 60_000, 0, 60, 60),
]
LINES = [
    OrderLine(1, BT, "C1", "E1", date(2026, 1, 1)),
    OrderLine(2, SIP, "C2", "E2", date(2026, 1, 1)),
    OrderLine(3, BT, "C3", "E3", date(2026, 1, 1), None, False),
]
PACK = PackLine(9, "C1", "E1", "P", date(2026, 1, 1), None, 1)
TEN_MINUTES = PackContent("P", date(2026, 1, 1), "belgium_fixed", Decimal(10), None)


@pytest.fixture
def stored(outside: Outside) -> Stored:
    filled = Stored(outside)
    filled.fill(World(LINES, RATES, [PACK], [TEN_MINUTES]))
    return filled


@pytest.mark.clause("BT-2.e")
def test_a_call_to_a_belgian_mobile(stored: Stored) -> None:
    assert quote(stored.engine, 1, "0475/12.34.56", "L1", 125, "2026-10-03T10:00").explain() == [
        "number    +32475123456",
        "line      L1, deck business_telephony",
        "call      125 seconds on 2026-10-03 (Brussels), started 2026-10-03 08:00:00 UTC",
        "prefix    324 → Belgium mobile, group belgium_mobile",
        "rate      in force since 2025-01-01: 0.1234 EUR a minute, setup 0.05 EUR",
        "pack      no allowance left for this destination, or none agreed",
        "billed    125 seconds",
        "price     0.05 + 0.1234 × 125 ÷ 60 = 0.30708333…, up to the cent: 0.31 EUR",
        "clauses   BT-2.c, BT-2.d, BT-2.e",
    ]


@pytest.mark.clause("BT-2.e")
def test_a_call_split_by_the_end_of_a_pack_that_a_close_has_drawn_on(stored: Stored) -> None:
    stored.add_calls([Call(1, "u1", 1, "voice", True, "3223456789", utc("2026-10-05T08:00:00"), 500)])
    stored.close("2026-10", date(2026, 10, 28))
    lines = quote(stored.engine, 1, "+3223456789", "L1", 160, "2026-10-30T10:00").explain()
    assert lines[5:8] == [
        "pack      100 seconds left in 2026-10, the call takes 100; 60 left to charge",
        "billed    60 seconds",
        "price     0.00 + 0.06 × 60 ÷ 60 = 0.06, up to the cent: 0.06 EUR",
    ]


def test_a_call_covered_by_the_pack_costs_nothing(stored: Stored) -> None:
    covered = quote(stored.engine, 1, "+3223456789", "L1", 600, "2026-10-30T10:00")
    assert covered.price == 0
    assert covered.explain()[-2] == "price     0.00 EUR: in pack, covered by the pack"


@pytest.mark.clause("BT-2.d")
def test_a_number_that_changed_price_within_the_month(stored: Stored) -> None:
    before = quote(stored.engine, 1, "+442079460000", "L1", 60, "2026-10-14T23:59:59")
    after = quote(stored.engine, 1, "+442079460000", "L1", 60, "2026-10-15T00:00:00")
    assert (before.price, after.price) == (Decimal("0.30"), Decimal("0.60"))
    assert after.rate is not None
    assert after.rate.valid_from == date(2026, 10, 15)


@pytest.mark.clause("BT-2.e")
def test_sip_trunking_shows_the_increments_of_its_deck(stored: Stored) -> None:
    lines = quote(stored.engine, 1, "+3223456789", "L2", 61, "2026-10-03T10:00").explain()
    assert lines[5] == "increments 60/60 seconds"
    assert lines[7:] == [
        "billed    120 seconds",
        "price     0.00 + 0.06 × 120 ÷ 60 = 0.12, up to the cent: 0.12 EUR",
        "clauses   ST-2.c, ST-2.d, BT-2.e",
    ]


def test_a_call_without_a_rate_an_emergency_call_and_a_held_one_say_so(stored: Stored) -> None:
    assert quote(stored.engine, 1, "+331234567", "L1", 60, "2026-10-03T10:00").explain()[3:6] == [
        "rate      none: no prefix of the number has a rate on that day",
        "pack      no allowance left for this destination, or none agreed",
        "price     0.00 EUR: unrated, no prefix of the number has a rate on the day of the call",
    ]
    assert quote(stored.engine, 1, "112", "L1", 60, "2026-10-03T10:00").explain()[-2:] == [
        "price     0.00 EUR: free, emergency and help numbers are always free",
        "clauses   BT-2.k",
    ]
    assert quote(stored.engine, 1, "+3223456789", "L3", 60, "2026-10-03T10:00").explain()[-2:] == [
        "price     0.00 EUR: held, the contract is not in force on the close date",
        "clauses   GC-2.2, GC-11.1",
    ]


@pytest.mark.parametrize(
    ("number", "line", "seconds", "at", "says"),
    [
        ("+3223456789", "L7", 60, "2026-10-03T10:00", "there is no order line 'L7'"),
        ("bob", "L1", 60, "2026-10-03T10:00", "it holds something other than digits; write it as +32475123456 or 112"),
        ("+3223456789", "L1", -1, "2026-10-03T10:00", "-1 seconds is no duration; give 0 or more"),
        ("+3223456789", "L1", 60, "3 October", "'3 October' is not a timestamp"),
    ],
)
def test_what_cannot_be_quoted_is_refused_with_the_way_out(
    stored: Stored, number: str, line: str, seconds: int, at: str, says: str
) -> None:
    with pytest.raises(QuoteRefused, match=says.replace("+", r"\+")):
        quote(stored.engine, 1, number, line, seconds, at)


def test_a_timestamp_without_a_zone_is_brussels_time() -> None:
    assert instant("2026-10-03T10:00") == datetime(2026, 10, 3, 8, tzinfo=UTC)
    assert instant("2026-12-03T10:00") == datetime(2026, 12, 3, 9, tzinfo=UTC)
    assert instant("2026-10-03T10:00:00Z") == datetime(2026, 10, 3, 10, tzinfo=UTC)
