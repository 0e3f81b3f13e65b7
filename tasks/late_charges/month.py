"""The run of late charges of a month: begun once on or after the day the policy says, and gone on with until it is done."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection, Engine

import sql
from billing.dunning import PolicyError
from billing.late_charges import Charged
from billing.money import ZERO
from tasks.late_charges.charging import preview as charged_by
from tasks.late_charges.gathering import Reading
from tasks.ledger import Run, Stopped, is_accepted, latest_late_charges, only_one, open_late_charges
from tasks.outside import Outside
from tasks.segments import policies_in_use
from tasks.settings import Settings

log = logging.getLogger(__name__)

LAST_STEP = "report"


@dataclass(frozen=True, slots=True)
class DebitNotes:
    """What a run of late charges issued. EUR."""

    debit_notes: int
    total: Decimal
    parked: int


@dataclass(frozen=True, slots=True)
class LateChargesReceipt:
    """The runs of late charges that were done on a day, most often one: of which month, and what each issued. EUR."""

    months: tuple[tuple[str, DebitNotes], ...]

    @property
    def figures(self) -> dict[str, int | str]:
        """Name → number or amount, for a table."""
        issued = [made for _, made in self.months]
        total = sum((made.total for made in issued), ZERO)
        figures: dict[str, int | str] = {"debit notes": sum(made.debit_notes for made in issued), "late charges": f"{total:.2f}"}
        parked = sum(made.parked for made in issued)
        return {**figures, "parked payers": parked} if parked else figures

    def __str__(self) -> str:
        return "; ".join(_told(name, made) for name, made in self.months)


@dataclass(frozen=True, slots=True)
class Preview:
    """What a run of late charges would do on a day: whether one `is_due`, and what each payer would be charged."""

    is_due: bool
    charged: tuple[Charged, ...]

    @property
    def total(self) -> Decimal:
        """What the debit notes would come to, EUR."""
        return sum((charge.amount for each in self.charged for charge in each.charges), ZERO)

    def __str__(self) -> str:
        payers = sum(bool(each.charges) for each in self.charged)
        waiting = sum((each.waiting for each in self.charged), ZERO)
        waits = f", {waiting:,.2f} EUR wait" if waiting else ""
        when = "due now" if self.is_due else "not due now"
        return f"late charges ({when}): {payers} debit note{'' if payers == 1 else 's'}, {self.total:,.2f} EUR{waits}"


def charge_month(outside: Outside, on: date, work: Callable[[Outside, Run], None]) -> LateChargesReceipt | None:
    """Do what is due of late charges on a day, each run by `work`: one that was begun and not finished, then that of the month.

    The month's run begins on the day the default policy says or later, once a month and never for a month before one that was charged.
    Returns None when nothing is due. Raises RunLocked when another process is at it, and what the steps raise.
    """
    done: list[tuple[str, DebitNotes]] = []
    if _due(outside.engine, outside.settings, on) is None:
        return None
    with only_one(outside.engine, "late charges"):
        while (run := _next_run(outside, on)) is not None:
            work(outside, run)
            done.append((run.name, _issued(outside.engine, run)))
            log.info("%s", _told(*done[-1]))
    return LateChargesReceipt(tuple(done)) if done else None


def preview(conn: Connection, settings: Settings, on: date) -> Preview:
    """What the run of late charges would charge on a day as things stand; nothing where none is due. Writes nothing."""
    if not _is_due(conn.engine, settings, on):
        return Preview(is_due=False, charged=())
    newest = int(sql.scalar(conn, "runs/newest_import"))
    return Preview(is_due=True, charged=tuple(charged_by(conn, settings, Reading(on, newest))))


def _is_due(engine: Engine, settings: Settings, on: date) -> bool:
    return _due(engine, settings, on) is not None


def _due(engine: Engine, settings: Settings, on: date) -> date | None:
    """The day of the run to be done next: of the one under way, else the day itself when the month's is due; None when nothing is."""
    latest = latest_late_charges(engine)
    if latest is not None and not is_accepted(engine, latest.run_id, LAST_STEP):
        return latest.on
    if on.day < _charge_day(settings, on):
        return None
    is_charged = latest is not None and f"{latest.on:%Y-%m}" >= f"{on:%Y-%m}"
    return None if is_charged else on


def _next_run(outside: Outside, on: date) -> Run | None:
    day = _due(outside.engine, outside.settings, on)
    return None if day is None else open_late_charges(outside.engine, day)


def _charge_day(settings: Settings, on: date) -> int:
    """The day of the month on which the default policy charges: all debit notes of a month are of one run."""
    try:
        return policies_in_use(settings, on)[""].late_charges.charge_day
    except PolicyError as error:
        raise Stopped(str(error)) from error


def _issued(engine: Engine, run: Run) -> DebitNotes:
    with engine.connect() as conn:
        found = sql.one(conn, DebitNotes, "late_charges/issued", run_id=run.run_id)
    assert found is not None
    return found


def _told(name: str, made: DebitNotes) -> str:
    notes = f"{made.debit_notes} debit note{'' if made.debit_notes == 1 else 's'} over EUR {made.total:,.2f}"
    parked = f", {made.parked} payer{'' if made.parked == 1 else 's'} parked" if made.parked else ""
    return f"{name}: {notes}{parked}"


__all__ = ["LateChargesReceipt", "Preview", "charge_month", "preview"]
