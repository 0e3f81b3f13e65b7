"""How old a debt is on a day, and how an account moves from one day to another."""

import itertools
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.account import Entry, EntryKind, account, position
from billing.ageing import BUCKETS, OpenAmount, aged, bucket, days_late
from billing.money import ZERO

D = Decimal
DUE = date(2026, 11, 27)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("on", "late", "age"),
    [
        pytest.param(date(2026, 11, 26), 0, "not_due", id="the eve of the due date"),
        pytest.param(date(2026, 11, 27), 0, "not_due", id="the due date itself"),
        pytest.param(date(2026, 11, 28), 1, "1_30", id="one day late"),
        pytest.param(date(2026, 12, 27), 30, "1_30", id="30 days late"),
        pytest.param(date(2026, 12, 28), 31, "31_60", id="31 days late"),
        pytest.param(date(2027, 1, 26), 60, "31_60", id="60 days late"),
        pytest.param(date(2027, 1, 27), 61, "61_90", id="61 days late"),
        pytest.param(date(2027, 2, 25), 90, "61_90", id="90 days late"),
        pytest.param(date(2027, 2, 26), 91, "over_90", id="91 days late"),
        pytest.param(date(2036, 11, 27), 3653, "over_90", id="ten years late"),
    ],
)
def test_a_debt_due_on_27_november_grows_old(on: date, late: int, age: str) -> None:
    assert (days_late(DUE, on), bucket(DUE, on)) == (late, age)


@pytest.mark.clause("GC-9.3")
def test_what_is_contested_stays_in_its_bucket_and_is_told_apart() -> None:
    on = date(2026, 12, 5)
    found = aged(
        [
            OpenAmount(date(2026, 12, 5), D("10.00")),
            OpenAmount(date(2026, 12, 4), D("20.00"), D("5.00")),
            OpenAmount(date(2026, 11, 5), D("30.00"), D("30.00")),
            OpenAmount(date(2026, 11, 4), D("40.00")),
            OpenAmount(date(2026, 1, 1), D("50.00"), D("1.00")),
        ],
        on,
    )
    assert dict(zip(BUCKETS, found.amounts, strict=True)) == {
        "not_due": D("10.00"), "1_30": D("50.00"), "31_60": D("40.00"), "61_90": ZERO, "over_90": D("50.00"),
    }  # fmt: skip
    assert found.contested == (ZERO, D("35.00"), ZERO, ZERO, D("1.00"))
    assert (found.total, found.overdue, found.total_contested) == (D("150.00"), D("140.00"), D("36.00"))


def test_nothing_open_is_zero_in_every_bucket() -> None:
    assert aged([], DUE).amounts == (ZERO,) * 5


@given(st.lists(st.tuples(st.dates(), st.integers(1, 10**9), st.integers(0, 100))), st.dates())
def test_the_buckets_always_add_up_to_what_is_open(debts: list[tuple[date, int, int]], on: date) -> None:
    amounts = [OpenAmount(due_on, D(cents) / 100, D(cents * share // 100) / 100) for due_on, cents, share in debts]
    found = aged(amounts, on)
    assert found.total == sum((one.amount for one in amounts), ZERO)
    assert found.overdue == sum((one.amount for one in amounts if one.due_on < on), ZERO)
    assert all(part <= whole for part, whole in zip(found.contested, found.amounts, strict=True))


LIFE = [
    Entry(date(2026, 10, 28), "invoice", "2026-000001", "2026-000001", D("100.00")),
    Entry(date(2026, 11, 10), "payment", "", "2026-000001", D("-60.00")),
    Entry(date(2026, 11, 12), "credit_note", "C2026-000001", "2026-000001", D("-50.00")),
    Entry(date(2026, 11, 28), "invoice", "2026-000002", "2026-000002", D("80.00")),
    Entry(date(2026, 12, 1), "set_off", "", "2026-000002", D("-30.00")),
    Entry(date(2026, 12, 2), "on_account", "", "", D("-5.00")),
    Entry(date(2026, 12, 9), "returned", "", "2026-000001", D("60.00")),
]


@pytest.mark.clause("GC-5.3")
def test_an_account_opens_moves_and_closes() -> None:
    found = account(LIFE, date(2026, 11, 12), date(2026, 12, 2))
    assert found.opening == D("40.00")
    assert [(entry.day.isoformat(), entry.kind, entry.amount, after) for entry, after in found.entries] == [
        ("2026-11-12", "credit_note", D("-50.00"), D("-10.00")),
        ("2026-11-28", "invoice", D("80.00"), D("70.00")),
        ("2026-12-01", "set_off", D("-30.00"), D("40.00")),
        ("2026-12-02", "on_account", D("-5.00"), D("35.00")),
    ]
    assert found.closing == D("35.00")


@pytest.mark.parametrize(
    ("day", "open_amount", "favour"),
    [
        (date(2026, 10, 27), "0.00", "0.00"),
        (date(2026, 11, 10), "40.00", "0.00"),
        pytest.param(date(2026, 11, 12), "0.00", "10.00", id="credited beyond what was left to pay"),
        pytest.param(date(2026, 11, 28), "80.00", "10.00", id="a new invoice takes nothing of it by itself"),
        pytest.param(date(2026, 12, 2), "50.00", "15.00", id="money on account is in his favour"),
        pytest.param(date(2026, 12, 9), "100.00", "5.00", id="a payment that bounced is open again"),
    ],
)
def test_the_balance_is_what_is_open_less_what_is_in_the_payers_favour(day: date, open_amount: str, favour: str) -> None:
    assert position(LIFE, day) == (D(open_amount), D(favour))


def test_a_payment_of_an_invoice_not_yet_issued_is_in_the_payers_favour_until_then() -> None:
    early = [
        Entry(date(2026, 11, 1), "payment", "", "2026-000001", D("-40.00")),
        Entry(date(2026, 11, 28), "invoice", "2026-000001", "2026-000001", D("100.00")),
    ]
    assert position(early, date(2026, 11, 27)) == (ZERO, D("40.00"))
    assert position(early, date(2026, 11, 28)) == (D("60.00"), ZERO)


KINDS: tuple[EntryKind, ...] = ("invoice", "debit_note", "credit_note", "payment", "returned", "set_off", "written_off", "on_account")
ENTRIES = st.lists(
    st.builds(
        lambda offset, kind, invoice, cents: Entry(DUE + offset * DAY, kind, "", invoice, D(cents) / 100),
        st.integers(-40, 40), st.sampled_from(KINDS), st.sampled_from(["", "1", "2", "3"]), st.integers(-(10**7), 10**7),
    )
)  # fmt: skip


@given(ENTRIES, st.integers(-50, 50), st.integers(0, 60))
def test_opening_and_movements_come_to_the_closing_balance_between_any_two_days(entries: list[Entry], offset: int, length: int) -> None:
    first = DUE + offset * DAY
    found = account(entries, first, first + length * DAY)
    assert found.opening + sum((entry.amount for entry, _ in found.entries), ZERO) == found.closing
    open_amount, favour = position(entries, found.last)
    assert found.closing == open_amount - favour
    assert all(first <= entry.day <= found.last for entry, _ in found.entries)


@given(ENTRIES)
def test_accounts_of_consecutive_days_chain_into_the_account_of_all_of_them(entries: list[Entry]) -> None:
    days = [account(entries, DUE + offset * DAY, DUE + offset * DAY) for offset in range(-41, 42)]
    assert days[0].opening == ZERO
    assert all(after.opening == before.closing for before, after in itertools.pairwise(days))
    whole = account(entries, days[0].first, days[-1].last)
    assert [entry for day in days for entry in day.entries] == list(whole.entries)
    assert whole.closing == sum((entry.amount for entry in entries), ZERO)
