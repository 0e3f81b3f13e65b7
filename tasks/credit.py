"""`billing credit`: a credit note on finance's decision, with a reason, and with `--again` the invoice that takes its place."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from sqlalchemy import Connection

import sql
from billing.clause import carries_out
from billing.credit_notes import Asked, Credit, CreditRefused, credit, wanted
from billing.money import CENT
from tasks.credited import CreditedInvoice, CreditedLine, corrected, draft_of, invoices, lines_of
from tasks.draft_rows import Draft, write
from tasks.drafts import hindrances, invoice_drafts, payers_of, receipt_of
from tasks.invoice_again import forget_staged, lines_again, take_its_place
from tasks.ledger import Receipt, Run, Stopped
from tasks.outside import Outside
from tasks.payments import Balance
from tasks.sla_credits import with_credits


@dataclass(frozen=True, slots=True)
class Request:
    """What finance asks: which invoice, all of it, some lines or an amount of one (net, EUR), why, and whether to make it anew."""

    number: str
    reason: str
    lines: tuple[int, ...] = ()
    amount: Decimal | None = None
    again: bool = False

    @property
    def text(self) -> str:
        """The same request in the same words, whoever writes it: JSON, its keys in order."""
        amount = None if self.amount is None else f"{self.amount.quantize(CENT) if self.amount.is_finite() else self.amount}"
        asked = {"again": self.again, "amount": amount, "lines": sorted(set(self.lines)), "reason": self.reason.strip()}
        return json.dumps(asked, ensure_ascii=False, sort_keys=True)

    @staticmethod
    def of(number: str, text: str) -> "Request":
        """The request of a run from its text."""
        asked = json.loads(text)
        amount = None if asked["amount"] is None else Decimal(asked["amount"])
        return Request(number, asked["reason"], tuple(asked["lines"]), amount, asked["again"])

    @property
    def asked(self) -> Asked:
        """As the rule sees it."""
        return Asked(self.lines, self.amount)


@dataclass(frozen=True, slots=True)
class Note:
    """An issued credit note."""

    number: str
    issued_on: date
    gross: Decimal


@dataclass(frozen=True, slots=True)
class OfRun:
    """A document of a credit run; amounts in EUR."""

    invoice_id: int
    kind: Literal["invoice", "credit_note", "debit_note"]
    number: str
    net: Decimal
    gross: Decimal
    credits_invoice_id: int | None


def refuse(conn: Connection, request: Request, on: date) -> None:
    """Raise Stopped, with the way out, when what is asked on a day cannot be credited."""
    invoice = _invoice(conn, request.number)
    if on < invoice.issued_on:
        raise Stopped(f"invoice {invoice.number} is of {invoice.issued_on}; it cannot be credited on {on}, give a day from then on")
    period = sql.scalar(conn, "credit_notes/drafts_elsewhere", invoice_id=invoice.invoice_id)
    if period is not None:
        month = f"{period:%Y-%m}"
        raise Stopped(
            f"close {month} has a draft that credits invoice {invoice.number} too; "
            f"issue it with `billing close {month} --approve`, then credit"
        )
    if request.again and invoice.kind == "debit_note":
        raise Stopped(f"{invoice.number} is a debit note and is not made anew; credit it, and what is due stands on the next one")
    made = _credit(conn, invoice, lines_of(conn, invoice.invoice_id), request)
    _require_not_given_up(conn, invoice.number, -made.totals.gross)


def _require_not_given_up(conn: Connection, number: str, credited: Decimal) -> None:
    """Raise Stopped when a credit takes what was given up: the payer would have in his favour what he never paid."""
    balance = sql.one(conn, Balance, "payments/balance", number=number)
    if balance is None or balance.given_up <= 0 or credited <= balance.left:
        return
    amount = min(balance.given_up, credited - balance.left)
    raise Stopped(
        f"{amount} EUR that this would credit of invoice {number} were given up; take them back first with "
        f"`billing write-off {number} --take-back --amount {amount}`, then credit"
    )


def stage(outside: Outside, run: Run) -> Receipt:
    """Replace the drafts of a credit run: the credit note, and the invoice made anew where that is asked.

    Raises Stopped when what was asked can no longer be credited, or the invoice cannot be made again.
    """
    with outside.engine.begin() as conn:
        sql.run(conn, "sla_credits/lock")
        forget_staged(conn, run)
        sql.run(conn, "drafts/delete_drafts", run_id=run.run_id)
        request = Request.of(run.subject, str(sql.scalar(conn, "runs/request", run_id=run.run_id)))
        invoice = _invoice(conn, run.subject, run.import_no)
        note = _note(conn, invoice, request)
        _require_billable(conn, run, [note])
        (note_id,) = write(conn, run, [note])
        anew = _again(outside, conn, run, invoice.invoice_id, note_id) if request.again else []
    return receipt_of([note, *anew], parked=0)


def release(conn: Connection, run: Run) -> None:
    """What goes with the issue of an invoice made anew, in its transaction; doing it twice changes nothing."""
    if run.kind != "credit" or not Request.of(run.subject, str(sql.scalar(conn, "runs/request", run_id=run.run_id))).again:
        return
    note = next(one for one in documents(conn, run) if one.kind == "credit_note")
    assert note.credits_invoice_id is not None
    take_its_place(conn, run, note.credits_invoice_id, note.invoice_id)


def documents(conn: Connection, run: Run) -> list[OfRun]:
    """The credit note of a credit run, then the invoices made anew."""
    return sql.rows(conn, OfRun, "credit_notes/of_run", run_id=run.run_id)


def sentence(conn: Connection, run: Run) -> str:
    """What a credit run did, for whoever asked."""
    found = documents(conn, run)
    notes = ", ".join(f"{one.number} over EUR {-one.gross:,.2f} with VAT" for one in found if one.kind == "credit_note")
    anew = ", ".join(f"{one.number} over EUR {one.gross:,.2f}" for one in found if one.kind == "invoice")
    return f"invoice {run.subject} is credited by {notes}" + (f", and made anew as {anew}" if anew else "")


def _invoice(conn: Connection, number: str, import_no: int = 0) -> CreditedInvoice:
    invoice_id = sql.scalar(conn, "credit_notes/invoice_id", number=number)
    if invoice_id is None:
        raise Stopped(f"there is no invoice {number}; its number stands on the PDF and in invoices.csv, a draft has none yet")
    (invoice,) = invoices(conn, import_no, [int(invoice_id)])
    if invoice.kind == "credit_note":
        raise Stopped(f"{number} is a credit note; only an invoice or a debit note is credited, name the one it credits")
    return invoice


def _note(conn: Connection, invoice: CreditedInvoice, request: Request) -> Draft:
    lines = lines_of(conn, invoice.invoice_id)
    made = _credit(conn, invoice, lines, request)
    by_number = {line.line_seq: line for line in lines}
    shown = [corrected(by_number[taken.credits_line_seq], taken) for taken in made.lines]
    return draft_of(invoice, made, shown, request.reason)


@carries_out("CG-2.a")
def _credit(conn: Connection, invoice: CreditedInvoice, lines: Sequence[CreditedLine], request: Request) -> Credit:
    """What the credit note takes back of each line, for the payer that was billed. Raises Stopped with the credit notes there are."""
    issued = [line.issued for line in lines]
    try:
        return credit(issued, wanted(issued, request.asked))
    except CreditRefused as refused:
        notes = sql.rows(conn, Note, "credit_notes/notes_of", invoice_id=invoice.invoice_id)
        taken = f" (credited so far by {', '.join(note.number for note in notes)})" if notes else ""
        raise Stopped(f"invoice {invoice.number}: {refused}{taken}") from None


def _again(outside: Outside, conn: Connection, run: Run, invoice_id: int, note_id: int) -> list[Draft]:
    lines = lines_again(outside, conn, run, invoice_id, note_id)
    payers = payers_of(conn, run)
    languages = {payer_id: payer.language for payer_id, payer in payers.items()}
    drafts = with_credits(conn, run, invoice_drafts(run, payers, lines), languages)
    _require_billable(conn, run, drafts)
    write(conn, run, drafts)
    return drafts


def _require_billable(conn: Connection, run: Run, drafts: Sequence[Draft]) -> None:
    """A credit note or an invoice made anew is never left to a later run: it must be possible to make and send it now."""
    for payer_id, one in hindrances(payers_of(conn, run), {draft.payer_id for draft in drafts}).items():
        raise Stopped(f"{payer_id}: {one.reason}; {one.remedy}, import, then ask again")


__all__ = ["Request", "documents", "refuse", "release", "sentence", "stage"]
