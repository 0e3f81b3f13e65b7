"""Which price applies: the line's own, else the list, with 30 days' notice for Telavox (GC-5.1, GC-5.6)."""

from datetime import date
from decimal import Decimal

import pytest

from billing.prices import Price, Unpriced, price_on, without_notice
from tests.rules.lines import line, listed, version


def paid(day: str, *versions: object, **cells: object) -> str | None:
    price = price_on(line(**cells), listed(*versions), date.fromisoformat(day))  # type: ignore[arg-type]
    return str(price.unit_price) if isinstance(price, Price) else None


OLD = version("20.00", "2025-01-01")
NEW = version("25.00", "2026-11-01", announced_on="2026-10-12")  # 20 days ahead
TELAVOX_OLD = version("20.00", "2025-01-01", service="telavox")
TELAVOX_NEW = version("25.00", "2026-11-01", announced_on="2026-10-12", service="telavox")


@pytest.mark.clause("BT-2.d", "ST-2.d")
def test_a_change_announced_20_days_ahead_applies_at_once_outside_telavox() -> None:
    assert paid("2026-10-31", OLD, NEW) == "20.00"
    assert paid("2026-11-01", OLD, NEW) == "25.00"


@pytest.mark.clause("GC-5.6")
def test_a_telavox_change_announced_20_days_ahead_waits_until_30_days_after_the_announcement() -> None:
    assert paid("2026-11-01", TELAVOX_OLD, TELAVOX_NEW) == "20.00"
    assert paid("2026-11-10", TELAVOX_OLD, TELAVOX_NEW) == "20.00"
    assert paid("2026-11-11", TELAVOX_OLD, TELAVOX_NEW) == "25.00"
    assert paid("2026-12-01", TELAVOX_OLD, TELAVOX_NEW) == "25.00"


@pytest.mark.clause("GC-5.6")
@pytest.mark.parametrize(("announced_on", "november"), [("2026-10-02", "25.00"), ("2026-10-03", "20.00"), ("2026-09-01", "25.00")])
def test_thirty_days_are_enough_and_twenty_nine_are_not(announced_on: str, november: str) -> None:
    assert paid("2026-11-01", TELAVOX_OLD, version("25.00", "2026-11-01", announced_on, "telavox")) == november


@pytest.mark.clause("GC-5.6")
def test_a_telavox_change_never_announced_never_applies_and_is_reported() -> None:
    silent = version("25.00", "2026-11-01", service="telavox")
    assert paid("2030-01-01", TELAVOX_OLD, silent) == "20.00"
    assert without_notice([TELAVOX_OLD, silent]) == [silent]


@pytest.mark.clause("GC-5.6")
def test_the_first_telavox_price_is_no_change() -> None:
    assert paid("2025-01-01", TELAVOX_OLD) == "20.00"
    assert without_notice([TELAVOX_OLD]) == []


@pytest.mark.clause("GC-5.6")
def test_a_change_told_too_late_is_reported_one_in_time_is_not() -> None:
    in_time = version("30.00", "2027-06-01", "2027-04-01", "telavox")
    assert without_notice([in_time, TELAVOX_NEW, TELAVOX_OLD, OLD, NEW]) == [TELAVOX_NEW]


@pytest.mark.clause("GC-5.6")
def test_a_delayed_version_never_replaces_a_later_one() -> None:
    later = version("30.00", "2026-11-05", "2026-09-01", "telavox")
    assert paid("2026-11-12", TELAVOX_OLD, TELAVOX_NEW, later) == "30.00"


@pytest.mark.clause("GC-2.1", "GC-5.1")
def test_the_line_prevails_over_the_list_and_needs_no_list() -> None:
    assert paid("2026-11-01", OLD, NEW, unit_price=Decimal("9.99")) == "9.99"
    assert paid("2026-11-01", unit_price=Decimal("0.00")) == "0.00"


@pytest.mark.clause("GC-5.1")
def test_before_the_first_version_there_is_no_price() -> None:
    assert price_on(line(), listed(OLD), date(2024, 12, 31)) == Unpriced(1, "L1", "bt-user", date(2024, 12, 31))
    assert paid("2025-01-01", OLD) == "20.00"


@pytest.mark.clause("GC-5.1")
def test_a_product_not_in_the_list_has_no_price() -> None:
    assert paid("2026-10-01", OLD, product="unknown") is None


@pytest.mark.clause("BT-2.d", "ST-2.d")
def test_history_stays_an_old_day_keeps_its_price() -> None:
    assert price_on(line(), listed(OLD, NEW), date(2026, 3, 1)) == Price(Decimal("20.00"), date(2025, 1, 1))
