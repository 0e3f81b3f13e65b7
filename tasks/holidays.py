"""The calendars: Belgian public holidays and days on which the banks are closed, and the days of TARGET, on which euros move."""

from datetime import date
from functools import lru_cache

from holidays import BANK, PUBLIC, country_holidays, financial_holidays

from billing.working_days import WorkingDays


def belgian_working_days(on: date) -> WorkingDays:
    """The working days of the years around a day, from the year before it to the second after."""
    return _working_days(on.year)


def target_days(on: date) -> WorkingDays:
    """The days on which TARGET settles payments, of the years around a day, from the year before it to the second after."""
    return _target_days(on.year)


@lru_cache(maxsize=8)
def _target_days(year: int) -> WorkingDays:
    return WorkingDays(frozenset(financial_holidays("ECB", years=range(year - 1, year + 3))))


@lru_cache(maxsize=8)
def _working_days(year: int) -> WorkingDays:
    return WorkingDays(frozenset(country_holidays("BE", years=range(year - 1, year + 3), categories=(PUBLIC, BANK))))


__all__ = ["belgian_working_days", "target_days"]
