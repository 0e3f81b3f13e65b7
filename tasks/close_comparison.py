"""What a close brings beside the last one: by service, by partner, by destination, and payer by payer with the reasons."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from sqlalchemy import Connection

import sql
from billing.change_reasons import PayerReasons, Reasons, changes, reasons
from billing.line_changes import Line
from billing.money import ZERO
from reports.close_records import DestinationTotal, PartnerTotal, PayerChange, ServiceTotal
from reports.wording import wording
from tasks.ledger import Run

CHARGED, IN_PACK = 1, 2
VOICE, DATA = 1, 3
TENTH = Decimal("0.1")
MEASURES: Mapping[int, tuple[Literal["min", "MB", ""], int]] = {VOICE: ("min", 60), DATA: ("MB", 1_000_000)}


@dataclass(frozen=True, slots=True)
class LastClose:
    """The close a close is compared with; `import_no` is the one its drafts were made with."""

    run_id: int
    period: date
    on: date
    import_no: int


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """What a service brings in one close, EUR without VAT."""

    service: str
    recurring: Decimal
    usage: Decimal
    other: Decimal
    net: Decimal


@dataclass(frozen=True, slots=True)
class PartnerRow:
    """What a partner and its clients bring in one close, EUR without VAT; "" = no partner."""

    partner_id: str
    partner_name: str
    payers: int
    net: Decimal


@dataclass(frozen=True, slots=True)
class GroupRow:
    """What the usage lines of a destination group come to in one close, EUR without VAT."""

    destination_group: str
    net: Decimal


@dataclass(frozen=True, slots=True)
class TrafficRow:
    """Rated usage of a status, a kind and a destination group; amounts in seconds, messages or bytes, and cents.

    Of parked payers, and of payers with a document (`is_billed`), apart.
    """

    is_parked: bool
    is_billed: bool
    status: int
    kind: int
    destination_group: str
    records: int
    charged: int
    in_pack: int
    cents: int


def last_close(conn: Connection, run: Run) -> LastClose | None:
    """The close that a close is compared with: the last one before its month that issued its invoices."""
    assert run.period is not None
    return sql.one(conn, LastClose, "report/last_close", period=run.period.first)


def services(conn: Connection, run: Run, last: LastClose | None) -> tuple[ServiceTotal, ...]:
    """What each service brings, the largest first, beside the last close; those that brought something only then stand last."""
    now = sql.rows(conn, ServiceRow, "report/services", run_id=run.run_id, import_no=run.import_no)
    before = sql.rows(conn, ServiceRow, "report/services", run_id=last.run_id, import_no=last.import_no) if last else []
    was = {row.service: row.net for row in before}
    here = {row.service for row in now}
    gone = [ServiceRow(row.service, ZERO, ZERO, ZERO, ZERO) for row in before if row.service not in here]
    return tuple(
        ServiceTotal(row.service, row.recurring, row.usage, row.other, row.net, was.get(row.service, ZERO)) for row in (*now, *gone)
    )


def partners(conn: Connection, run: Run, last: LastClose | None) -> tuple[PartnerTotal, ...]:
    """What each partner with its clients brings, the largest first, beside the last close; clients of none last."""
    now = sql.rows(conn, PartnerRow, "report/partners", run_id=run.run_id, import_no=run.import_no)
    before = sql.rows(conn, PartnerRow, "report/partners", run_id=last.run_id, import_no=last.import_no) if last else []
    was = {row.partner_id: row.net for row in before}
    here = {row.partner_id for row in now}
    gone = [PartnerRow(row.partner_id, row.partner_name, 0, ZERO) for row in before if row.partner_id not in here]
    found = [PartnerTotal(row.partner_id, row.partner_name, row.payers, row.net, was.get(row.partner_id, ZERO)) for row in (*now, *gone)]
    return tuple(sorted(found, key=lambda one: (one.partner_id == "", -one.net, one.partner_id)))


def destinations(conn: Connection, run: Run, last: LastClose | None, rated: Iterable[TrafficRow]) -> tuple[DestinationTotal, ...]:
    """The traffic that is billed or in packs, by destination group, the dearest first; what parked payers used is not in it."""
    now = {row.destination_group: row.net for row in sql.rows(conn, GroupRow, "report/destinations", run_id=run.run_id)}
    before = sql.rows(conn, GroupRow, "report/destinations", run_id=last.run_id) if last else []
    was = {row.destination_group: row.net for row in before}
    by_group: dict[str, list[TrafficRow]] = {group: [] for group in (*now, *was)}
    for row in rated:
        if not row.is_parked and row.status in (CHARGED, IN_PACK):
            by_group.setdefault(row.destination_group, []).append(row)
    found = [_destination(group, rows, now.get(group, ZERO), was.get(group, ZERO)) for group, rows in by_group.items()]
    return tuple(sorted(found, key=lambda one: (-one.net, -one.records, one.group)))


def _destination(group: str, rows: Sequence[TrafficRow], net: Decimal, net_before: Decimal) -> DestinationTotal:
    kinds = [row.kind for row in rows]
    kind = max(sorted(set(kinds)), key=lambda each: sum(row.records for row in rows if row.kind == each), default=VOICE)
    unit, divisor = MEASURES.get(kind, ("", 1))
    measured = [row for row in rows if row.kind == kind]
    charged, in_pack = (
        (Decimal(sum(getattr(row, name) for row in measured)) / divisor).quantize(TENTH if unit else Decimal(1))
        for name in ("charged", "in_pack")
    )
    name = wording("en").group(group)
    return DestinationTotal(group, name[:1].upper() + name[1:], unit, sum(row.records for row in rows), charged, in_pack, net, net_before)


def compared(conn: Connection, run: Run, last: LastClose | None) -> tuple[Reasons, tuple[PayerReasons, ...]]:
    """Why the net differs from the last close, and the same of every payer of either, by payer."""
    now = sql.rows(conn, Line, "report/lines", run_id=run.run_id, import_no=run.import_no)
    before = sql.rows(conn, Line, "report/lines", run_id=last.run_id, import_no=last.import_no) if last else []
    found = changes(before, now)
    return reasons(found), found


def named_changes(
    conn: Connection, run: Run, last: LastClose | None, found: Sequence[PayerReasons], links: Mapping[str, str]
) -> tuple[PayerChange, ...]:
    """The changes with the names of the payers and, by payer, links to their documents."""
    rows = sql.dicts(conn, "report/payer_names", run_id=run.run_id, last_run_id=last.run_id if last else 0)
    names = {str(row["payer_id"]): str(row["name"]) for row in rows}
    return tuple(
        PayerChange(
            one.payer_id,
            names.get(one.payer_id, ""),
            one.net_now,
            one.net_before,
            one.reasons,
            one.explanation,
            links.get(one.payer_id, ""),
        )
        for one in found
    )


__all__ = ["LastClose", "TrafficRow", "compared", "destinations", "last_close", "named_changes", "partners", "services"]
