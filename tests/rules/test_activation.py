"""A prepaid subscription is released once the invoice that charged its term is paid (WM-2.b)."""

from datetime import date
from decimal import Decimal

import pytest

from billing.activation import Release, Settled, release

pytestmark = pytest.mark.clause("WM-2.a", "WM-2.b")
D = Decimal
ON = date(2026, 10, 31)


def settled(*parts: tuple[int, str]) -> list[Settled]:
    return [Settled(date(2026, 10, day), D(amount)) for day, amount in parts]


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        pytest.param([], Release(D("121.00"), None), id="nothing paid"),
        pytest.param([(9, "121.00")], Release(D("0.00"), date(2026, 10, 9)), id="paid at once"),
        pytest.param([(9, "120.99")], Release(D("0.01"), None), id="a cent is open"),
        pytest.param([(20, "0.01"), (9, "120.99")], Release(D("0.00"), date(2026, 10, 20)), id="the last cent came on the 20th"),
        pytest.param(
            [(9, "100.00"), (12, "21.00"), (15, "5.00")], Release(D("0.00"), date(2026, 10, 12)), id="credited further afterwards"
        ),
    ],
)
def test_the_last_cent_releases(parts: list[tuple[int, str]], expected: Release) -> None:
    assert release(D("121.00"), date(2026, 10, 5), settled(*parts), ON) == expected


def test_what_is_paid_later_does_not_count_yet() -> None:
    parts = settled((9, "100.00"), (20, "21.00"))
    assert release(D("121.00"), date(2026, 10, 5), parts, date(2026, 10, 19)) == Release(D("21.00"), None)
    assert release(D("121.00"), date(2026, 10, 5), parts, date(2026, 10, 20)).state == "activate"


def test_an_invoice_of_nothing_is_paid_the_day_it_is_issued() -> None:
    assert release(D("0.00"), date(2026, 10, 5), [], ON) == Release(D("0.00"), date(2026, 10, 5))
