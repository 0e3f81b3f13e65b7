"""Rating end to end beside its floor, measured in the same run, and the kernel beside plain decimals.

The floor is the same usage copied out of PostgreSQL and the same rated rows copied in, one after the other on a connection each.
"""

from __future__ import annotations

import asyncio
import gc
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import asyncpg
from sqlalchemy import Engine, text

from billing.period import Period
from billing.rating import Rated, Rating, Usage
from billing.tariff import EPOCH, NONE
from sql.migrate import migrate
from tasks import ledger, rating
from tasks.binary_copy import HEADER, TRAILER
from tasks.database import connect, embedded_url, plain_url, stop_embedded
from tasks.outside import Outside
from tasks.rating_basis import read_lines, read_rating
from tasks.settings import read_settings
from tasks.store import Store
from tasks.usage_stream import RATED, RECORDS, as_usage, copy_in, copy_out

CLOSE = date(2026, 10, 28)
BEFORE_CUTOFF = "started_at < timestamptz '2026-10-27 23:00:00Z'"
KERNEL_CALLS, PLAIN_CALLS = 1_000_000, 50_000

WORLD = """
insert into import_run (feed) values ('benchmark');
select setseed(0.5);
insert into product values ('user', 1, 1, null, 'business_telephony', 'user', 'advance', '', '', '', '');
insert into product values ('pack', 1, 1, null, 'business_telephony', 'pack', 'advance', '', '', '', '');
insert into contract (contract_id, version, valid_import, payer_id, terms, signed_on, credit_approved_on, confirmed_on)
    select 'C' || n, 1, 1, 'P' || n, 'allocloud', '2025-01-01', '2025-01-01', '2025-01-01' from generate_series(1, 20000) as n;
insert into line overriding system value select n, 'L' || n from generate_series(1, 32000) as n;
insert into order_line (line_id, line_no, version, valid_import, contract_id, end_client_id, product, quantity, starts_on)
    select 'L' || n, n, 1, 1, 'C' || (n - 1) % 20000 + 1, 'E' || (n - 1) % 20000 + 1,
        case when n > 20000 then 'pack' else 'user' end, 1, '2026-01-01'
    from generate_series(1, 32000) as n;
insert into pack values ('pack', '2026-01-01', 'g1', 1, 1, null, 60, null), ('pack', '2026-01-01', 'g2', 1, 1, null, 30, null);
create table number_range as
    select row_number() over (order by digits) - 1 as place, digits
    from (
        select distinct cast(10 ^ (1 + n % 6) + floor(random() * 9 * 10 ^ (1 + n % 6)) as bigint) as digits
        from generate_series(1, 40000) as n
    ) as made;
insert into rate (deck, prefix, valid_from, version, valid_import, destination, destination_group, per_minute_micro, setup_micro)
    select 'business_telephony', digits, day, 1, 1, digits, 'g' || place % 40, floor(random() * 400000),
        case when place % 3 = 0 then 50000 else 0 end
    from number_range, unnest(array[date '2026-01-01', date '2026-10-15']) as day
    where day = '2026-01-01' or place % 4 = 0;
"""
USAGE = """
drop index usage_record_id;
insert into usage_record (usage_id, line_no, kind, outgoing, caller, callee, callee_key, started_at, quantity, import_no)
    select 'u' || n, 1 + floor(random() * 20000), 1, random() < 0.93, '+3220000000', '+' || digits || right('0000000' || n % 10000000, 7),
        cast(digits || right('0000000' || n % 10000000, 7) as bigint),
        timestamptz '2026-09-28 00:00:00Z' + cast(n as double precision) / :calls * interval '29 days'
            + floor(random() * 86400) * interval '1 second',
        floor(random() * random() * 900), 1
    from generate_series(1, :calls) as n
    join number_range on place = cast(n as bigint) * 7919 % (select count(*) from number_range)
    order by n;
create unique index usage_record_id on usage_record (usage_id);
analyze usage_record;
"""


@dataclass(frozen=True, slots=True)
class Measured:
    """One row of the table: how fast, beside what, and the most memory the process took more than before."""

    what: str
    calls: int
    seconds: float
    floor_seconds: float
    peak_mb: float

    @property
    def ratio(self) -> float:
        """How many times as fast as the floor."""
        return self.floor_seconds / self.seconds


def measure(calls: int) -> list[Measured]:
    """The rows of one size: the step from usage to rated rows, and the kernel alone, each beside its floor."""
    with tempfile.TemporaryDirectory(prefix="bench-rating-") as folder:
        server = Path(folder) / "postgres"
        engine = connect(embedded_url(server))
        try:
            migrate(engine)
            _fill(engine, calls)
            settings = read_settings(database_url=engine.url.render_as_string(hide_password=False))
            return [*_step(Outside(settings, engine, Store(f"{folder}/out"))), _kernel(engine)]
        finally:
            engine.dispose()
            stop_embedded(server)


def _fill(engine: Engine, calls: int) -> None:
    with engine.begin() as conn:
        for statement in (WORLD + USAGE.replace(":calls", str(calls))).split(";\n"):
            if statement.strip():
                conn.exec_driver_sql(statement.replace("%", "%%"))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        conn.exec_driver_sql("checkpoint")


def _step(outside: Outside) -> list[Measured]:
    run = ledger.open_close(outside.engine, Period.month("2026-10"), CLOSE)
    with _peak() as peak:
        begun = time.perf_counter()
        receipt = rating.stage(outside, run)
        seconds = time.perf_counter() - begun
    floor = _floor(outside.engine, run.run_id)
    with outside.engine.begin() as conn:
        indexed = _timed(lambda: rating.accept(conn, run))
    calls = int(receipt.figures["rated"])
    return [
        Measured("usage in → rated rows stored", calls, seconds, floor, peak[0]),
        Measured("… and indexed for reading", calls, seconds + indexed, floor, peak[0]),
    ]


def _floor(engine: Engine, run_id: int) -> float:
    """The seconds of COPY out of the usage that was rated, plus COPY in of its rated rows, with nothing between."""
    out = _timed(lambda: asyncio.run(_drain(engine, f"select {', '.join(RECORDS.names)} from usage_record where {BEFORE_CUTOFF}")))
    rows = next(copy_out(engine, [f"select {', '.join(RATED.names)} from rated_usage where run_id = {run_id}"]))
    body = memoryview(rows)[len(HEADER) : -len(TRAILER)]
    return out + _timed(lambda: _copy_back(engine, body))


async def _drain(engine: Engine, query: str) -> None:
    async def drop(_: bytes) -> None:
        pass

    connection = await asyncpg.connect(plain_url(engine))
    await connection.copy_from_query(query, output=drop, format="binary")
    await connection.close()


def _copy_back(engine: Engine, body: memoryview) -> None:
    with engine.begin() as conn:
        conn.execute(text("create table floor_rated (like rated_usage)"))
        step = RATED.layout.itemsize * 40_000
        copy_in(conn, "floor_rated", RATED.names, (body[start : start + step] for start in range(0, len(body), step)))


def _kernel(engine: Engine) -> Measured:
    """The rule on columns in memory, beside one call at a time with decimals; the latter is scaled up from a sample."""
    query = f"select {', '.join(RECORDS.names)} from usage_record where {BEFORE_CUTOFF} order by started_at limit {KERNEL_CALLS}"
    usage = as_usage(next(copy_out(engine, [query])))
    _rating(engine).rate(_first(usage, PLAIN_CALLS))  # the first call of all fills caches
    kernel = _rating(engine)
    with _peak() as peak:
        begun = time.perf_counter()
        kernel.rate(usage)
        seconds = time.perf_counter() - begun
    sample = _first(usage, PLAIN_CALLS)
    plain = _plain(engine, sample)
    return Measured("kernel beside plain decimals", len(usage), seconds, plain / len(sample) * len(usage), peak[0])


def _rating(engine: Engine) -> Rating:
    with engine.connect() as conn:
        lines = read_lines(conn, 1, CLOSE, {})
        return read_rating(
            conn,
            import_no=1,
            run_id=0,
            lines=lines,
            endings={},
            emergency=["112"],
            ids=lambda numbers: [f"{n:x}" for n in numbers.tolist()],
        )


def _first(usage: Usage, count: int) -> Usage:
    return Usage(*(getattr(usage, name)[:count] for name in Usage.__slots__))


def _plain(engine: Engine, usage: Usage) -> float:
    """The seconds that rating one call after the other takes: a dictionary of prefixes, a dictionary of pools, decimals.

    Raises AssertionError when a price differs from the kernel's: a floor that computes something else is none.
    """
    kernel = _rating(engine)
    books: dict[str, list[int]] = {}
    for row, rate in enumerate(kernel.tariff.rates):
        books.setdefault(rate.prefix, []).append(row)
    left = {(n, group): minutes * 60 for n in range(1, 12_001) for group, minutes in (("g1", 60), ("g2", 30))}
    records = list(zip(*(getattr(usage, name).tolist() for name in Usage.__slots__), strict=True))
    records.sort(key=lambda record: (record[5], f"{record[0]:x}"))
    prices: dict[int, Decimal] = {}
    begun = time.perf_counter()
    for usage_no, line_no, _, outgoing, callee, started, quantity, _ in records:
        prices[usage_no] = _plain_price(kernel, books, left, line_no, str(callee), started, quantity) if outgoing else Decimal(0)
    seconds = time.perf_counter() - begun
    rated: Rated = kernel.rate(usage)
    assert [int(prices[n] * 100) for n in usage.usage_no.tolist()] == rated.price_cents.tolist()
    return seconds


def _plain_price(
    kernel: Rating, books: dict[str, list[int]], left: dict[tuple[int, str], int], line_no: int, callee: str, started: int, quantity: int
) -> Decimal:
    day = EPOCH + timedelta(microseconds=started + 7_200_000_000)  # summer time until 25 October; the sample ends before it
    row = NONE
    for length in range(min(len(callee), 15), 0, -1):
        valid = [version for version in books.get(callee[:length], ()) if kernel.tariff.rates[version].valid_from <= day]
        if valid:
            row = valid[-1]
            break
    if row == NONE or quantity == 0:
        return Decimal(0)
    rate = kernel.tariff.rates[row]
    pool = (line_no, rate.destination_group)
    taken = min(left.get(pool, 0), quantity)
    if taken:
        left[pool] -= taken
    if taken == quantity:
        return Decimal(0)
    cents, rest = divmod(Decimal(rate.setup_micro) * 60 + Decimal(rate.per_minute_micro) * (quantity - taken), Decimal(600_000))
    return (cents + (1 if rest else 0)) / 100


def _timed(work: Callable[[], object]) -> float:
    gc.collect()
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


@contextmanager
def _peak() -> Iterator[list[float]]:
    """The most resident memory while inside, above what there was before, in MB; sampled every few milliseconds."""
    gc.collect()
    before, most, stop = _resident_mb(), [0.0], threading.Event()

    def watch() -> None:
        while not stop.wait(0.005):
            most[0] = max(most[0], _resident_mb() - before)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield most
    finally:
        stop.set()
        thread.join()


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1_048_576


def main(sizes: list[int]) -> None:
    """Print the table, a row as soon as it is measured."""
    print("\nrating                          calls    floor s       s   M calls/s   ratio   peak MB", flush=True)
    for calls in sizes:
        for row in measure(calls):
            speed = row.calls / row.seconds / 1e6
            print(
                f"{row.what:<29}{row.calls:>10,}{row.floor_seconds:>9.2f}{row.seconds:>9.2f}{speed:>10.2f}{row.ratio:>9.2f}×{row.peak_mb:>8.0f}",
                flush=True,
            )


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or [100_000, 1_000_000])
