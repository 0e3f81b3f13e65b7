"""The drafts of debit notes: one a payer, a line for each late charge, outside the scope of VAT."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby

from sqlalchemy import Connection

import sql
from billing.clause import carries_out
from billing.invoices import totals
from billing.late_charges import What
from billing.money import ZERO
from billing.vat import Treatment
from reports.line_text import late_charge_title
from reports.records import Language
from tasks.draft_rows import Draft, DraftLine, net_of, write
from tasks.drafts import Parked, PayerRow, hindrances, payers_of
from tasks.ledger import Receipt, Run
from tasks.outside import Outside

PAYMENT_DAYS = 30  # of a payer without a contract, as the terms have it (GC-5.2)
OUTSIDE_SCOPE = Treatment("O", ZERO)
ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class ChargeRow:
    """A late charge and what its line says; `level` 0 and `sent_on` None where no letter stands behind it. EUR."""

    charge_no: int
    payer_id: str
    what: What
    from_day: date
    to_day: date
    amount: Decimal
    clause: str
    note: str
    invoice_number: str
    level: int
    sent_on: date | None


def stage(outside: Outside, run: Run) -> Receipt:
    """Replace the drafts of the run; returns how many, what they come to and how many payers are parked: the next month charges those."""
    with outside.engine.begin() as conn:
        sql.run(conn, "drafts/delete_drafts", run_id=run.run_id)
        sql.run(conn, "drafts/delete_parked", run_id=run.run_id)
        payers, charged = payers_of(conn, run), _charged(conn, run)
        parked = {one.payer_id: one for one in _parked(run, payers, charged)}
        sql.write_each(conn, "drafts/park", parked.values())
        terms = {row["payer_id"]: int(row["payment_days"]) for row in sql.dicts(conn, "late_charges/payment_days", import_no=run.import_no)}
        billed = [payer_id for payer_id in charged if payer_id not in parked]
        drafts = [debit_note(payers[payer_id], charged[payer_id], terms.get(payer_id, PAYMENT_DAYS)) for payer_id in billed]
        places = zip(write(conn, run, drafts), billed, strict=True)
        sql.write_each(
            conn,
            "late_charges/place",
            [
                {"run_id": run.run_id, "charge_no": row.charge_no, "debit_note_id": debit_note_id, "line_seq": line_seq}
                for debit_note_id, payer_id in places
                for line_seq, row in enumerate(charged[payer_id], start=1)
            ],
        )
    return Receipt({"debit notes": len(drafts), "net": f"{net_of(drafts):.2f}", "parked payers": len(parked)})


@carries_out("CG-2.d", "CG-2.e", "GC-5.1")
def debit_note(payer: PayerRow, charges: Sequence[ChargeRow], payment_days: int) -> Draft:
    """The debit note of a payer: a line for each charge, in their order. Interest and compensation bear no VAT, wherever the payer is."""
    lines = [_line(payer.payer_id, payer.language, row) for row in charges]
    return Draft("debit_note", payer.payer_id, payer.version, payment_days, lines, totals([(row.amount, OUTSIDE_SCOPE) for row in charges]))


def _line(payer_id: str, language: Language, row: ChargeRow) -> DraftLine:
    """No contract and no order line stands behind it, and the payer itself is who it is for."""
    title = late_charge_title(row.what, language, invoice=row.invoice_number, day=row.sent_on or row.from_day, note=row.note)
    charge = "interest" if row.what == "interest" else "fee"
    days = (row.from_day, row.to_day)
    return DraftLine(
        "", payer_id, "", "", title, charge, *days, ONE, row.amount, row.amount, OUTSIDE_SCOPE.category, OUTSIDE_SCOPE.rate, row.clause
    )  # fmt: skip


def _charged(conn: Connection, run: Run) -> Mapping[str, list[ChargeRow]]:
    """The charges of the run by payer, in the order of both."""
    rows = sql.rows(conn, ChargeRow, "late_charges/of_run", run_id=run.run_id)
    return {payer_id: list(group) for payer_id, group in groupby(rows, key=lambda row: row.payer_id)}


def _parked(run: Run, payers: Mapping[str, PayerRow], charged: Mapping[str, Sequence[ChargeRow]]) -> list[Parked]:
    """Who cannot be billed: nobody we know as a payer, and whom no document can be made for."""
    strangers = [
        Parked(run.run_id, payer_id, "pays no contract and has no invoice", "correct payer_id in recovery_costs.csv")
        for payer_id in charged
        if payer_id not in payers
    ]
    known = {payer_id: payers[payer_id] for payer_id in charged if payer_id in payers}
    after = "the debit note of the next month charges it"
    return strangers + [
        Parked(run.run_id, payer_id, one.reason, f"{one.remedy}; {after}") for payer_id, one in hindrances(known, known).items()
    ]


__all__ = ["ChargeRow", "debit_note", "stage"]
