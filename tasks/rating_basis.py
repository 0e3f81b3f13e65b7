"""What a run rates by, read from the database as of its import: lines, decks, packs, and what was taken of the pools before."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import starmap
from typing import TypeVar

from sqlalchemy import Connection

import sql
from billing import phone_numbers
from billing.contract import Contract, missing_for_force
from billing.leaving import Ending
from billing.minimum_service import Suspension
from billing.packs import Ids, PackContent, PackLine, Packs, Pool, Pools, Unit
from billing.rating import Line, Rating, Reason
from billing.roaming import RoamingLimits, RoamingUser, Sims
from billing.tariff import DECKS, NONE, Rate, Tariff
from tasks.leaving import ended

Record = TypeVar("Record")
Endings = Mapping[int, Ending]


@dataclass(frozen=True, slots=True)
class LineRow:
    """An order line as the queries give it."""

    line_no: int
    service: str | None
    starts_on: date
    ends_on: date | None
    contract_id: str
    end_client_id: str


@dataclass(frozen=True, slots=True)
class _QuantityRow:
    line_no: int
    month: date
    quantity: int


@dataclass(frozen=True, slots=True)
class _UsedRow:
    contract_id: str
    end_client_id: str
    destination_group: str
    unit: Unit
    month: date
    used: int


@dataclass(frozen=True, slots=True)
class _RoamedRow:
    line_no: int
    sim: str
    month: date
    bytes: int


def read_rating(
    conn: Connection,
    *,
    import_no: int,
    run_id: int,
    lines: Iterable[Line],
    endings: Endings,
    emergency: Iterable[str],
    ids: Ids,
    caps: Mapping[date, int] | None = None,
    sims: Sims | None = None,
) -> Rating:
    """What usage of the lines is rated with: decks and packs of the import, pools and roaming limits as other runs left them.

    `emergency` are the numbers that are always free, as dialled; `run_id` is the run that rates (0 = none). `caps` is the operator's
    cap of roaming data in MB from each day on, `sims` gives the caller of usage records.
    """
    tariff = Tariff(_many(conn, Rate, "rating/rates", import_no=import_no))
    pools = read_pools(conn, import_no=import_no, run_id=run_id, endings=endings)
    free = [-phone_numbers.key(number) for number in emergency]
    roaming = RoamingLimits(pools.packs, caps, _roamed_before(conn, run_id), sims)
    return Rating(lines, tariff, pools, ids, free, roaming, sql.rows(conn, Suspension, "rating/suspensions", import_no=import_no))


def _roamed_before(conn: Connection, run_id: int) -> dict[RoamingUser, int]:
    """What accepted ratings of other runs let each user have within his limit, in bytes."""
    rows = sql.rows(conn, _RoamedRow, "rating/roaming_used", run_id=run_id)
    return {RoamingUser(row.line_no, row.sim, row.month): row.bytes for row in rows}


def read_pools(conn: Connection, *, import_no: int, run_id: int, endings: Endings) -> Pools:
    """The pools, with what accepted ratings of other runs took of them."""
    charged = {
        (row.line_no, row.month): row.quantity
        for row in sql.rows(conn, _QuantityRow, "rating/pack_quantities", import_no=import_no, run_id=run_id)
    }
    packs = Packs(
        ended(_many(conn, PackLine, "rating/pack_lines", import_no=import_no), endings),
        sql.rows(conn, PackContent, "rating/pack_contents", import_no=import_no),
        charged,
    )
    earlier = {
        Pool(row.contract_id, row.end_client_id, row.destination_group, row.unit, row.month): row.used
        for row in sql.rows(conn, _UsedRow, "rating/pools_used", run_id=run_id)
    }
    return Pools(packs, earlier)


def read_lines(conn: Connection, import_no: int, on: date, endings: Endings) -> list[Line]:
    """The order lines, each to its end; one under a contract that is not in force on the day has its usage held (GC-2.2, GC-11.1)."""
    known = in_force(conn, import_no, on)
    return [as_line(row, known) for row in ended(_many(conn, LineRow, "rating/lines", import_no=import_no), endings)]


def in_force(conn: Connection, import_no: int, on: date) -> frozenset[str]:
    """The contracts that are in force on a day."""
    contracts = _many(conn, Contract, "rating/contracts", import_no=import_no)
    return frozenset(contract.contract_id for contract in contracts if not missing_for_force(contract, on))


def as_line(row: LineRow, contracts_in_force: frozenset[str]) -> Line:
    """The line as rating sees it."""
    deck = DECKS.index(row.service) if row.service in DECKS else NONE
    held = Reason.NONE if row.contract_id in contracts_in_force else Reason.CONTRACT_NOT_IN_FORCE
    return Line(row.line_no, deck, row.starts_on, row.ends_on, row.contract_id, row.end_client_id, held)


@contextmanager
def uncollected() -> Iterator[None]:
    """Holds the search for garbage in cycles while records are made by the hundred thousand, all to be kept: a third of the time."""
    searching = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if searching:
            gc.enable()


def _many(conn: Connection, record: type[Record], name: str, **parameters: object) -> list[Record]:
    """All rows of a query as records, by position: tens of thousands in a fraction of the time that names take."""
    return list(starmap(record, conn.execute(sql.statement(name), parameters).tuples().all()))


__all__ = ["LineRow", "as_line", "in_force", "read_lines", "read_pools", "read_rating", "uncollected"]
