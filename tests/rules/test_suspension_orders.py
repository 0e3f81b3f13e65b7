"""Whether an order may be made, whether it still stands, what was given as security, and when minimum service ends."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.deposits import Movement
from billing.suspension_grounds import Arrears, Ground, Request, Security, security, security_exceeded, security_missing
from billing.suspension_orders import Rejected, last_day, may_be_proposed, stands

D = Decimal
LATE = Ground("GC-9.1.a", date(2026, 12, 18), D("100.00"), ("A", "B"))
LATER = Ground("GC-9.1.a", date(2026, 12, 28), D("60.00"), ("B",))
LESS = Ground("GC-9.1.a", date(2026, 12, 18), D("10.00"), ("A",))
DEPOSIT = Ground("GC-9.1.b", date(2026, 12, 16), D("500.00"))
REJECTED_ON = date(2026, 12, 28)


@pytest.mark.clause("GC-9.1.a", "GC-9.1.b")
@pytest.mark.parametrize(
    ("found", "on", "may"),
    [
        pytest.param((LATE,), date(2027, 1, 26), False, id="the same ground, 29 days later"),
        pytest.param((LATE,), date(2027, 1, 27), True, id="the same ground, 30 days later"),
        pytest.param((LESS,), date(2026, 12, 29), False, id="less is owed, of the same oldest invoice"),
        pytest.param((LATER,), date(2026, 12, 29), True, id="another invoice has become the oldest"),
        pytest.param((LATE, DEPOSIT), date(2026, 12, 29), True, id="another ground came up beside it"),
        pytest.param((), date(2026, 12, 29), False, id="no ground"),
    ],
)
def test_a_ground_that_finance_rejected_rests_for_30_days_or_until_it_has_changed(found: tuple[Ground, ...], on: date, may: bool) -> None:
    assert may_be_proposed(found, [Rejected(REJECTED_ON, (LATE,))], 30, on) is may


@pytest.mark.clause("GC-9.1.a", "GC-9.3")
@pytest.mark.parametrize(
    ("found", "still"),
    [
        pytest.param((LATE,), True, id="the same"),
        pytest.param((LESS,), True, id="a part was paid"),
        pytest.param((LATER,), False, id="its oldest invoice is no ground any more"),
        pytest.param((DEPOSIT,), False, id="another ground alone"),
        pytest.param((), False, id="none"),
    ],
)
def test_an_order_that_has_not_left_stands_while_a_ground_of_its_own_does(found: tuple[Ground, ...], still: bool) -> None:
    assert stands((LATE,), found) is still


@pytest.mark.clause("BT-2.k", "ST-2.f")
@pytest.mark.parametrize(
    ("restored_from", "last"),
    [
        pytest.param(date(2027, 1, 5), date(2027, 1, 4), id="back on 5 January"),
        pytest.param(date(2026, 12, 29), date(2026, 12, 29), id="back on the first day"),
        pytest.param(date(2026, 12, 20), date(2026, 12, 29), id="back before it began"),
    ],
)
def test_minimum_service_ends_the_day_before_the_service_is_back_and_never_before_it_began(restored_from: date, last: date) -> None:
    assert last_day(date(2026, 12, 29), restored_from) == last


# ------------------------------------------------------------------------------------------------ what was asked and given
ASKED = Request("R1", "P", date(2026, 12, 1), D("500.00"), date(2026, 12, 15))
ON = date(2026, 12, 16)


def moved(on: date, amount: str, kind: str = "deposit") -> Movement:
    return Movement(f"{on} {amount}", "P", kind, on, D(amount))


@pytest.mark.clause("GC-9.1.b", "GC-9.1.c", "GC-5.3")
@pytest.mark.parametrize(
    ("given", "set_off", "expected"),
    [
        pytest.param((), (), ("0.00", "0.00"), id="nothing"),
        pytest.param(((date(2026, 1, 5), "300.00"),), (), ("300.00", "300.00"), id="300 held for long"),
        pytest.param(((date(2026, 1, 5), "300.00"), (date(2026, 12, 14), "200.00")), (), ("500.00", "500.00"), id="200 more in time"),
        pytest.param(((date(2026, 12, 16), "500.00"),), (), ("500.00", "500.00"), id="a day late is given all the same"),
        pytest.param(((date(2026, 12, 17), "500.00"),), (), ("0.00", "0.00"), id="tomorrow is not yet"),
        pytest.param(
            ((date(2026, 12, 10), "500.00"),), ((date(2026, 12, 12), "-200.00"),), ("500.00", "300.00"), id="set off after it was asked"
        ),
        pytest.param(
            ((date(2026, 1, 5), "500.00"),), ((date(2026, 11, 12), "-200.00"),), ("300.00", "300.00"), id="set off before it was asked"
        ),
        pytest.param(((date(2026, 12, 10), "500.00"), (date(2026, 12, 14), "-500.00")), (), ("500.00", "0.00"), id="given back"),
    ],
)
def test_500_asked_on_1_december_what_was_given_of_it_and_what_is_held_on_the_16th(
    given: tuple[tuple[date, str], ...], set_off: tuple[tuple[date, str], ...], expected: tuple[str, str]
) -> None:
    found = security([ASKED], [moved(*each) for each in given], [moved(*each) for each in set_off], ON)
    assert found is not None
    assert (found.given, found.held) == (D(expected[0]), D(expected[1]))
    assert (security_missing(found, ON) is None) is (found.given >= D("500.00"))


@pytest.mark.clause("GC-9.1.b")
def test_the_newest_request_is_the_one_that_counts_and_a_guarantee_counts_as_a_deposit_does() -> None:
    later = Request("R2", "P", date(2026, 12, 10), D("800.00"), date(2026, 12, 31))
    held = [moved(date(2026, 1, 5), "500.00", "bank_guarantee")]
    assert security([ASKED, later], held, [], date(2026, 12, 9)) == Security(D("500.00"), date(2026, 12, 15), D("500.00"))
    assert security([later, ASKED], held, [], date(2026, 12, 10)) == Security(D("800.00"), date(2026, 12, 31), D("500.00"))
    assert security([], [], [], ON) is None
    assert security([later], [], [], date(2026, 12, 9)) is None


@pytest.mark.clause("GC-9.1.b", "GC-9.1.c")
def test_a_deposit_that_nobody_asked_for_is_never_missing_and_debts_may_exceed_what_is_left_of_it() -> None:
    found = security([], [moved(date(2026, 1, 5), "150.00")], [moved(date(2026, 6, 1), "-100.00")], ON)
    assert security_missing(found, ON) is None
    owed = Arrears("A", date(2026, 11, 27), D("60.00"))
    assert security_exceeded((owed,), found, ON) == Ground("GC-9.1.c", date(2026, 11, 28), D("10.00"), ("A",))


@pytest.mark.clause("GC-9.1.c")
def test_a_debit_note_is_no_debt_that_exceeds_a_deposit() -> None:
    note = Arrears("N", date(2026, 11, 27), D("900.00"), kind="debit_note")
    assert (note.counts, security_exceeded((note,), Security(D("1.00"), ON, D("1.00")), ON)) == (D("0.00"), None)


days = st.integers(0, 60).map(lambda n: date(2026, 11, 15) + timedelta(days=n))
amounts = st.decimals("0.01", "900", places=2)


@pytest.mark.clause("GC-9.1.b", "GC-5.3")
@given(st.lists(st.tuples(days, amounts), max_size=5), days, amounts)
def test_a_set_off_after_the_request_never_makes_a_deposit_missing(came: list[tuple[date, Decimal]], off: date, taken: Decimal) -> None:
    deposits = [Movement(str(n), "P", "deposit", on, amount) for n, (on, amount) in enumerate(came)]
    after = max(off, ASKED.requested_on + timedelta(days=1))
    for on in (ASKED.due_by, ON, date(2027, 2, 1)):
        without, with_it = (security([ASKED], deposits, set_off, on) for set_off in ([], [Movement("s", "P", "deposit", after, -taken)]))
        assert security_missing(without, on) == security_missing(with_it, on)
