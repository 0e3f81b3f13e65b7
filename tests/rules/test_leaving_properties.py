"""Whatever the line, the letters and the closes: no day is charged twice, none as service past the end, none of the balance outside it."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.leaving import Ending, Leaver, Termination, ending
from billing.order import OrderLine
from billing.period import DAY, Period, months_after
from billing.recurring import RecurringCharge, charges, days_to_charge, horizon
from billing.settlement import ChargedPart, LastCharged, Refund, balance, refunds
from billing.terms import TERMS, Terms
from tests.rules.lines import line, listed, of, version

FIRST = date(2026, 1, 1)
PRICES = listed(version("31.00"))
LAST = LastCharged(1, Decimal("31.00"), None, 1)
some_day = st.dates(date(2025, 11, 1), date(2027, 6, 30))

Charged = list[tuple[date, RecurringCharge]]


@st.composite
def lines(draw: st.DrawFn) -> OrderLine:
    timing = draw(st.sampled_from(["advance", "arrears"]))
    kind = draw(st.sampled_from(["user", "national_number", "pack"]))
    starts_on, ends_on, through = draw(some_day), draw(st.none() | some_day), draw(st.none() | some_day)
    return line(starts_on=starts_on, ends_on=ends_on, charged_through=through, timing=timing, kind=kind)


@st.composite
def letters(draw: st.DrawFn) -> list[Termination]:
    found = []
    for number in range(draw(st.integers(1, 3))):
        by = draw(st.sampled_from(["client", "partner", "operator", "bankruptcy"]))
        asked, breach = draw(st.none() | some_day), draw(st.booleans())
        client = "E1" if by == "bankruptcy" else None
        found.append(Termination(f"T{number}", "C1", None, client, by, draw(some_day), asked, breach, "proof"))  # type: ignore[arg-type]
    return found


@st.composite
def closes(draw: st.DrawFn) -> list[tuple[Period, date]]:
    months = draw(st.lists(st.integers(0, 18), min_size=1, max_size=8, unique=True).map(sorted))
    periods = [Period.month_of(months_after(FIRST, month)) for month in months]
    return [(period, period.first + timedelta(days=draw(st.integers(20, 35)))) for period in periods]


def known(ours: OrderLine, terms: Terms, sent: list[Termination], on: date, charged: Charged) -> Ending | None:
    leaver = Leaver(1, "L1", "C1", "E1", ours.starts_on, ours.ends_on, months_after(ours.starts_on, 24), ours.charged_through)
    days = [(run_on, charge.days.last) for run_on, charge in charged if charge.charge != "balance" and run_on < on]
    received = [letter for letter in sent if letter.received_on < on or (letter.received_on == on and terms.ends == "with_term")]
    return ending(received, leaver, terms, days)


def close(
    ours: OrderLine, terms: Terms, sent: list[Termination], period: Period, on: date, charged: Charged
) -> tuple[list[RecurringCharge], Ending | None, list[Refund]]:
    """What one close charges, the end it knows, and what it gives back."""
    end = known(ours, terms, sent, on, charged)
    served = ours if end is None else replace(ours, ends_on=end.last_day if ours.ends_on is None else min(ours.ends_on, end.last_day))
    before = [charge.days for _, charge in charged]
    found = charges(served, days_to_charge(served, period, on, before), of(1), PRICES)
    back: list[Refund] = []
    if end is not None and end.past_day < horizon(period, ours.timing):
        found += balance(ours, end, before, LAST, PRICES)
    if end is not None and end.refunds:
        parts = [ChargedPart(1, each.days, 1, each.unit_price, each.net, 1) for _, each in charged if each.charge != "balance"]
        back = refunds({1: end}, parts, {}, Decimal("10.00"), "GC-13.2")
    return [charge for charge in found if isinstance(charge, RecurringCharge)], end, back


def days_of(charged: Charged) -> list[date]:
    return [each.days.first + timedelta(days=n) for _, each in charged for n in range(each.days.days)]


@pytest.mark.clause("BT-2.b", "CG-3.b", "CG-3.d")
@given(lines(), letters(), closes(), st.sampled_from(list(TERMS)))
def test_no_day_is_charged_twice_and_none_as_service_past_the_end_the_close_knew(
    ours: OrderLine, sent: list[Termination], sequence: list[tuple[Period, date]], regime: str
) -> None:
    charged: Charged = []
    for period, on in sequence:
        found, end, back = close(ours, TERMS[regime], sent, period, on, charged)
        for charge in found:
            if charge.charge == "balance":
                assert end is not None
                assert end.past_day <= charge.days.first
                assert charge.days.past <= months_after(ours.starts_on, 24)
                assert ours.kind != "national_number"
            elif end is not None:
                assert charge.days.last <= end.last_day
        assert sum(refund.net for refund in back) <= sum(each.net for _, each in charged)
        charged += [(on, charge) for charge in found]
    days = days_of(charged)
    assert len(days) == len(set(days))


@pytest.mark.clause("CG-3.b", "CG-3.d")
@given(lines(), letters(), closes(), st.sampled_from(list(TERMS)))
def test_a_close_done_again_after_itself_charges_nothing_more(
    ours: OrderLine, sent: list[Termination], sequence: list[tuple[Period, date]], regime: str
) -> None:
    charged: Charged = []
    for period, on in sequence:
        found, _, _ = close(ours, TERMS[regime], sent, period, on, charged)
        charged += [(on, charge) for charge in found]
        again, _, _ = close(ours, TERMS[regime], sent, period, on, charged)
        assert again == []


@pytest.mark.clause("CG-3.b")
@given(lines(), letters(), closes(), st.sampled_from(list(TERMS)))
def test_once_a_close_has_passed_an_end_known_in_time_it_never_moves(
    ours: OrderLine, sent: list[Termination], sequence: list[tuple[Period, date]], regime: str
) -> None:
    # Only one letter: a second may bring the end forward, never push it back.
    charged: Charged = []
    ends: list[date] = []
    for period, on in sequence:
        found, end, _ = close(ours, TERMS[regime], sent[:1], period, on, charged)
        charged += [(on, charge) for charge in found]
        if end is not None:
            ends.append(end.past_day)
    assert len(set(ends)) <= 1


@pytest.mark.clause("CG-3.d")
@given(st.integers(0, 400), st.dates(date(2026, 1, 1), date(2026, 12, 31)))
def test_service_and_balance_together_cover_the_term_once(notice: int, received: date) -> None:
    ours = line(starts_on=date(2025, 3, 1))
    past_term = date(2027, 3, 1)
    sent = [Termination("T1", "C1", None, None, "client", received, received + timedelta(days=notice), False, "")]
    charged: Charged = []
    for month in range(38):
        period = Period.month_of(months_after(date(2025, 3, 1), month))
        found, end, _ = close(ours, TERMS["allocloud"], sent, period, period.first + 27 * DAY, charged)
        charged += [(period.first + 27 * DAY, charge) for charge in found]
    assert end is not None
    days = days_of(charged)
    assert sorted(days) == [date(2025, 3, 1) + timedelta(days=n) for n in range((max(past_term, end.past_day) - date(2025, 3, 1)).days)]
