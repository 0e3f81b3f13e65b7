"""Income earned by days: what of earlier documents a month earns, and what is deferred at the end of a day."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection

import sql
from billing.accounts import Chart
from billing.deferral import days_of_income, deferred, released
from billing.money import ZERO
from billing.period import DAY, Period


@dataclass(frozen=True, slots=True)
class DaysRow:
    """Lines of documents with their days, the last included; net in EUR."""

    charge: str
    credited_charge: str
    service: str
    revenue_account: str
    from_day: date
    to_day: date
    net: Decimal

    @property
    def days(self) -> Period | None:
        """The days it is earned on, None for what is income at its issue."""
        return days_of_income(self.charge, self.from_day, self.to_day, self.credited_charge)

    def account(self, chart: Chart) -> str:
        """The account it is income on."""
        return chart.of_sale(self.credited_charge or self.charge, self.revenue_account, self.service)


def earned_in(conn: Connection, month: Period, chart: Chart) -> dict[str, Decimal]:
    """What of the documents booked before a month becomes income in it, by revenue account; EUR."""
    found = sql.rows(conn, DaysRow, "books/earned_by_days", first=month.first, last=month.last, before=month.first)
    earned: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for row in found:
        if row.days is not None:
            earned[row.account(chart)] += released(row.net, row.days, month)
    return {account: amount for account, amount in earned.items() if amount}


def deferred_at(conn: Connection, day: date, chart: Chart | None = None) -> dict[str, Decimal]:
    """What of the documents issued up to a day is not earned at its end, by revenue account; EUR, without accounts that hold nothing."""
    found = sql.rows(conn, DaysRow, "books/earned_by_days", first=day + DAY, last=date.max, before=None)
    left: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for row in found:
        if row.days is not None:
            left[row.account(chart or Chart())] += deferred(row.net, row.days, day)
    return {account: amount for account, amount in sorted(left.items()) if amount}


__all__ = ["DaysRow", "deferred_at", "earned_in"]
