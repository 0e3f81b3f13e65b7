"""The traffic of a month that no invoice has billed at its end: rated as the next close will, and nothing of that rating is kept."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import sql
from billing.accounts import Chart
from billing.money import ZERO, from_cents
from billing.period import BRUSSELS, Period, start_of_day_utc
from tasks import rating
from tasks.ledger import open_close
from tasks.outside import Outside
from tasks.scratch import forget, scratch


@dataclass(frozen=True, slots=True)
class RatedBy:
    """A run that rated usage, and the import it did so from."""

    run_id: int
    import_no: int


@dataclass(frozen=True, slots=True)
class Unbilled:
    """What the usage of a service comes to."""

    service: str
    revenue_account: str
    cents: int


@dataclass(frozen=True, slots=True)
class Traffic:
    """What usage comes to by revenue account, EUR, and the day of the last record of it; None when there is none."""

    income: Mapping[str, Decimal]
    last_day: date | None


def unbilled_traffic(outside: Outside, month: Period, chart: Chart) -> Traffic:
    """What the usage begun in a month and not on its invoices comes to.

    Where a close dated after it is issued, as it was rated there. Else it is rated in a schema of its own, by a close of the next month
    whose cut-off is the end of this one; a close that is being worked on is left out of it. Raises RunLocked while another does the same.
    """
    with outside.engine.connect() as conn:
        later = sql.one(conn, RatedBy, "books/next_issued_close", month=month.first)
    if later is not None:
        return _traffic(outside, later, month, chart)
    with scratch(outside, "books") as inside:
        with inside.engine.connect() as conn:
            under_way = [int(row["run_id"]) for row in sql.dicts(conn, "books/closes_under_way")]
        for run_id in under_way:
            forget(inside, run_id, the_run_too=True)
        run = open_close(inside.engine, month.next_month(), month.past)
        rating.stage(inside, run)
        return _traffic(inside, RatedBy(run.run_id, run.import_no), month, chart)


def _traffic(outside: Outside, rated: RatedBy, month: Period, chart: Chart) -> Traffic:
    before = start_of_day_utc(month.past)
    with outside.engine.connect() as conn:
        found = sql.rows(conn, Unbilled, "books/unbilled", run_id=rated.run_id, import_no=rated.import_no, before=before)
        last: datetime | None = sql.scalar(conn, "books/last_usage", run_id=rated.run_id, before=before)
    return Traffic(_income(found, chart), last.astimezone(BRUSSELS).date() if last else None)


def _income(found: Iterable[Unbilled], chart: Chart) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for row in found:
        sums[chart.of_sale("usage", row.revenue_account, row.service)] += from_cents(row.cents)
    return dict(sums)


__all__ = ["Traffic", "unbilled_traffic"]
