"""`billing statement`: what a payer owes, contests, has to his credit and has deposited, as of a day."""

from datetime import date

from sqlalchemy import Connection, Engine

import sql
from billing.money import CENT
from reports.statement import CreditLeft, Dispute, Held, OpenItem, Row, Statement, rows, text
from tasks.csv_files import csv_text
from tasks.deposits import movements_of
from tasks.ledger import Stopped
from tasks.payments import open_invoices_on
from tasks.sla_credits import credits_left


def statement(engine: Engine, payer_id: str, on: date) -> Statement:
    """The statement of a payer on a day, from what is known now. Raises Stopped when there is no such payer."""
    with engine.connect() as conn:
        name = sql.scalar(conn, "statement/payer", payer_id=payer_id)
        if name is None:
            raise Stopped(f"there is no payer {payer_id}; give the payer_id of contracts.csv")
        newest = int(sql.scalar(conn, "runs/newest_import"))
        return Statement(
            payer_id,
            str(name),
            on,
            _open_items(conn, payer_id, on),
            sql.rows(conn, Dispute, "statement/disputes", payer_id=payer_id, on=on),
            [
                CreditLeft(one.credit_id, one.contract_id, one.granted_on, one.amount.quantize(CENT), one.left.quantize(CENT), one.reason)
                for one in credits_left(conn, import_no=newest, on=on, seen_on=on)
                if one.payer_id == payer_id and one.left > 0
            ],
            _held(conn, payer_id, on),
        )


def as_text(found: Statement) -> str:
    """The statement as text."""
    return text(found)


def as_csv(found: Statement) -> str:
    """The statement as CSV, with a header."""
    return csv_text(Row, rows(found)).rstrip("\n")


def _open_items(conn: Connection, payer_id: str, on: date) -> list[OpenItem]:
    return [
        OpenItem(one.number, one.issued_on, one.due_on, one.gross, one.open_amount, one.contested.quantize(CENT), one.structured_reference)
        for one in open_invoices_on(conn, on)
        if one.payer_id == payer_id
    ]


def _held(conn: Connection, payer_id: str, on: date) -> list[Held]:
    moved = sorted(movements_of(conn, payer_id), key=lambda one: (one.kind != "deposit", one.moved_on, one.amount < 0, one.movement_id))
    return [Held(one.movement_id, one.kind, one.moved_on, one.amount.quantize(CENT)) for one in moved if one.moved_on <= on]


__all__ = ["as_csv", "as_text", "statement"]
