"""`billing statement`: what a payer owes, contests, has in his favour and has deposited, as of a day; and how his account moved."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

from sqlalchemy import Connection, Engine

import sql
from billing.account import Entry, account
from billing.deposits import Movement
from billing.disputes import is_late
from billing.money import CENT, ZERO
from billing.sla_credit import SlaCredit
from reports.records import Payer
from reports.statement import AccountRow, CreditLeft, Dispute, Held, InFavour, OpenItem, Row, Statement, account_rows, rows, text
from reports.statement_pdf import StatementSheet, render_statement
from tasks.ageing import by_payer, in_favour_on, movements_on
from tasks.csv_files import csv_text
from tasks.disputes import open_disputes
from tasks.document_records import seller_of
from tasks.late_charges import accrued
from tasks.ledger import Stopped
from tasks.letterhead import letterhead
from tasks.outside import Outside
from tasks.payments import OpenInvoiceOn, open_invoices_on
from tasks.settings import Settings
from tasks.sla_credits import credits_left


def statement(engine: Engine, payer_id: str, on: date, since: date | None = None, settings: Settings | None = None) -> Statement:
    """The statement of a payer on a day, from what is known now; with `since`, also the account from that day on.

    With `settings` it says what interest has grown that no debit note asks yet.

    Raises Stopped when there is no such payer, or the account would end before it begins.
    """
    if since is not None and since > on:
        raise Stopped(f"the account would begin on {since} and end on {on}; give a --from up to --on")
    with engine.connect() as conn:
        name = sql.scalar(conn, "statement/payer", payer_id=payer_id)
        if name is None:
            raise Stopped(f"there is no payer {payer_id}; give the payer_id of contracts.csv")
        [found] = statements(conn, {payer_id: str(name)}, on, settings)
        if since is None:
            return found
        return replace(found, account=account(sql.rows(conn, Entry, "receivables/entries", payer_id=payer_id, day=on), since, on))


def statements(conn: Connection, names: Mapping[str, str], on: date, settings: Settings | None = None) -> list[Statement]:
    """The statements of payers (id → name) on a day, in the order given, in a handful of queries however many they are."""
    newest = int(sql.scalar(conn, "runs/newest_import"))
    invoices, favours = by_payer(open_invoices_on(conn, on)), by_payer(in_favour_on(conn, on))
    disputes = _disputes(conn, on)
    granted = by_payer(one for one in credits_left(conn, import_no=newest, on=on, seen_on=on) if one.left > 0)
    moved = by_payer(movements_on(conn, on))
    interest = accrued(conn, settings, sorted(names), on) if settings is not None else {}
    return [
        Statement(
            payer_id,
            name,
            on,
            [_open_item(one) for one in invoices[payer_id]],
            disputes[payer_id],
            [_credit(one) for one in granted[payer_id]],
            [_held(one) for one in sorted(moved[payer_id], key=_deposits_first)],
            [InFavour(one.number, one.amount) for one in favours[payer_id]],
            interest=sum((one.amount for one in interest.get(payer_id, ())), ZERO),
        )
        for payer_id, name in names.items()
    ]


def payers(conn: Connection, payer_ids: list[str]) -> dict[str, Payer]:
    """Name, address and language of payers, by id."""
    return {one.payer_id: one for one in sql.rows(conn, Payer, "receivables/payers", payer_ids=payer_ids)}


def write_pdf(outside: Outside, found: Statement, file: Path) -> str:
    """Write the statement as the payer gets it, in his language, to a file; returns its path. Raises Stopped when it cannot be written.

    The same statement gives the same bytes.
    """
    with outside.engine.connect() as conn:
        payer = payers(conn, [found.payer_id])[found.payer_id]
    drawn = render_statement(StatementSheet(payer, letterhead(seller_of(outside.settings), outside.settings), found))
    try:
        file.write_bytes(drawn)
    except OSError as error:
        raise Stopped(f"could not write {file}: {error.strerror or error}; give a file in a folder that is there") from error
    return str(file)


def as_text(found: Statement) -> str:
    """The statement as text."""
    return text(found)


def as_csv(found: Statement) -> str:
    """The statement as CSV, with a header; of a statement with its account, the account."""
    if found.account is not None:
        return csv_text(AccountRow, account_rows(found.account)).rstrip("\n")
    return csv_text(Row, rows(found)).rstrip("\n")


def _open_item(one: OpenInvoiceOn) -> OpenItem:
    return OpenItem(
        one.number,
        one.issued_on,
        one.due_on,
        one.gross,
        one.open_amount,
        one.contested.quantize(CENT),
        one.structured_reference,
        one.kind,
        one.credited.quantize(CENT),
        one.paid.quantize(CENT),
    )


def _disputes(conn: Connection, on: date) -> Mapping[str, list[Dispute]]:
    """The disputes open on a day, by payer."""
    found: defaultdict[str, list[Dispute]] = defaultdict(list)
    for one, document in open_disputes(conn, on):
        late = is_late(one, document.issued_on)
        shown = Dispute(one.dispute_id, one.invoice_number, one.opened_on, one.amount, one.phase, one.guarantee, late)
        found[document.payer_id].append(shown)
    return found


def _credit(one: SlaCredit) -> CreditLeft:
    return CreditLeft(one.credit_id, one.contract_id, one.granted_on, one.amount.quantize(CENT), one.left.quantize(CENT), one.reason)


def _held(one: Movement) -> Held:
    return Held(one.movement_id, one.kind, one.moved_on, one.amount.quantize(CENT))


def _deposits_first(one: Movement) -> tuple[bool, date, bool, str]:
    return one.kind != "deposit", one.moved_on, one.amount < 0, one.movement_id


__all__ = ["as_csv", "as_text", "payers", "statement", "statements", "write_pdf"]
