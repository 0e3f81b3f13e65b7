"""The issue step: all drafts of a run get their gapless numbers, dates and references; from here only credit notes change anything."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection

import sql
from billing.numbering import InvoiceKind, invoice_number, series_name, structured_reference
from tasks import credit
from tasks.ledger import Receipt, Run
from tasks.outside import Outside

RELEASES = ("recurring", "additions", "one_off", "usage", "pools", "roaming", "endings", "refunds", "ad_hoc")


@dataclass(frozen=True, slots=True)
class Unnumbered:
    """A draft that waits for its number."""

    invoice_id: int
    kind: InvoiceKind
    payment_days: int


@dataclass(frozen=True, slots=True)
class _Given:
    invoice_id: int
    series: str
    seq: int
    number: str
    due_on: date
    reference: str


def stage(outside: Outside, run: Run) -> Receipt:
    """Release what parked payers were charged and what credit notes give back, and number the drafts, in one transaction.

    Done again after a kill it finds no draft without a number and changes nothing. Returns how many numbers were given.
    """
    with outside.engine.begin() as conn:
        for what in RELEASES:
            sql.run(conn, f"issue/release_parked_{what}", run_id=run.run_id, import_no=run.import_no)
        sql.run(conn, "late_charges/release_parked", run_id=run.run_id)
        drafts = defaultdict(list)
        for draft in sql.rows(conn, Unnumbered, "issue/unnumbered", run_id=run.run_id):
            drafts[draft.kind].append(draft)
        given = [number for kind in sorted(drafts) for number in _numbered(conn, run.on, kind, drafts[kind])]
        if given:
            _give(conn, run.on, given)
        credit.release(conn, run)
    return Receipt({"invoices": len(given), **({"from": given[0].number, "to": given[-1].number} if given else {})})


def _numbered(conn: Connection, on: date, kind: InvoiceKind, drafts: list[Unnumbered]) -> list[_Given]:
    series = series_name(kind, on.year)
    last = int(sql.scalar(conn, "issue/lock_series", series=series))
    sql.run(conn, "issue/advance_series", series=series, last_seq=last + len(drafts))
    return [
        _Given(
            draft.invoice_id, series, seq, invoice_number(kind, on.year, seq), on + timedelta(days=draft.payment_days),
            structured_reference(kind, on.year, seq),
        )
        for seq, draft in enumerate(drafts, start=last + 1)
    ]  # fmt: skip


def _give(conn: Connection, on: date, given: list[_Given]) -> None:
    sql.run(
        conn,
        "issue/give_numbers",
        invoice_ids=[number.invoice_id for number in given],
        series=[number.series for number in given],
        seqs=[number.seq for number in given],
        numbers=[number.number for number in given],
        issued_on=[on] * len(given),
        due_on=[number.due_on for number in given],
        references=[number.reference for number in given],
    )
