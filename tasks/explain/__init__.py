"""`billing explain`: how each amount of a document came to be, computed again from what it was made from."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlalchemy import Connection, Engine

import sql
from billing.credit_notes import credit
from billing.invoices import VatTotal, totals
from billing.vat import treatment
from tasks.explain.corrections import explain_credited, explain_sla_credit
from tasks.explain.days_charged import explain_days
from tasks.explain.late import explain_late_charge
from tasks.explain.once import explain_once
from tasks.explain.records import Document, DocumentLine, Explained, Explaining, StepRow
from tasks.explain.usage import explain_usage
from tasks.explain.words import clause_text, number, plain, rule
from tasks.late_charges.debit_notes import debit_note
from tasks.ledger import Stopped


def explain(engine: Engine, invoice: str, line_seq: int | None = None) -> str:
    """How every line of a document came to be, and its VAT; or one line alone.

    Raises Stopped when there is no such document or line.
    """
    with engine.connect() as conn:
        document = sql.one(conn, Document, "explain/invoice", number=invoice)
        if document is None:
            raise Stopped(f"there is no document {invoice}; its number stands on the PDF and in invoices.csv, a draft has none yet")
        lines = sql.rows(conn, DocumentLine, "explain/lines", invoice_id=document.invoice_id)
        chosen = [line for line in lines if line_seq in (None, line.line_seq)]
        if not chosen:
            raise Stopped(f"{invoice} has no line {line_seq}; its lines are 1 to {len(lines)}")
        said = [*_head(conn, document)]
        for line in chosen:
            said += ["", _line_head(line), *explained_line(conn, Explaining(document, lines), line).said]
        return "\n".join(said if line_seq else [*said, "", *_vat(conn, document)])


def explained_line(conn: Connection, explaining: Explaining, line: DocumentLine) -> Explained:
    """One line: what it was made from, and what that comes to."""
    document = explaining.document
    if document.kind == "debit_note":
        return explain_late_charge(conn, document, line)
    if line.credits_line_seq is not None:
        return explain_credited(conn, document, line)
    if line.charge == "credit":
        return explain_sla_credit(conn, explaining, line)
    if line.charge == "usage":
        return explain_usage(conn, document, line)
    if line.charge == "one_off":
        return explain_once(conn, document, line)
    return explain_days(conn, document, line)


def _head(conn: Connection, document: Document) -> Sequence[str]:
    words = document.kind.replace("_", " ")
    steps = sql.rows(conn, StepRow, "explain/steps", run_id=document.run_id)
    imports = ", ".join(f"{step.step} from import {step.import_no}" for step in steps)
    noted = next((step.settings for step in steps if step.settings), None)
    payer = f"{document.payer_id} (version {document.payer_version})"
    return [
        f"{words} {document.number} of {document.issued_on}, due {document.due_on}, to {payer}",
        f"  {'totals':<11}net {plain(document.net)} + VAT {plain(document.vat)} = {plain(document.gross)} EUR",
        f"  {'made by':<11}{document.made_by} on {document.run_on}: {imports}",
        *([f"  {'settings':<11}{json.dumps(noted)}"] if noted else []),
    ]


def _line_head(line: DocumentLine) -> str:
    days = f"{line.from_day}" if line.from_day == line.to_day else f"{line.from_day} to {line.to_day}"
    price = "" if line.unit_price is None else f" × {plain(line.unit_price)}"
    what = " ".join(word for word in (line.line_id or line.contract_id, line.product) if word)
    text = clause_text(line.clause)
    head = f"line {line.line_seq}  {what}{' ' * bool(what)}“{line.description}”, {days}: {number(line.quantity)}{price}"
    head += f", {plain(line.net)} EUR, {line.charge}"
    return f"{head}\n  {'clause':<11}{line.clause}{f': {text}' if text else ''}"


def _vat(conn: Connection, document: Document) -> Sequence[str]:
    """The VAT of each category on the sum of its lines, once; of a credit note, what the VAT of what is left falls by."""
    said = ["VAT"]
    for total in sql.rows(conn, VatTotal, "explain/vat", invoice_id=document.invoice_id):
        how = "what the VAT on the invoice falls by" if document.kind == "credit_note" else "rounded half-up to the cent"
        said.append(f"  {total.category:<11}{plain(total.base)} × {plain(total.rate)} % = {plain(total.vat)}, {how}")
    if document.kind == "debit_note":
        return [*said, f"  {'rule':<11}{rule(debit_note, 'GC-5.1')}: interest and compensation bear no VAT, wherever the payer is"]
    treated = treatment(document.country, document.vat_number, document.issued_on)
    taxed = f"in {document.country}{' with a VAT number' if document.vat_number else ''}: {treated.category} {plain(treated.rate)} %"
    return [*said, f"  {'payer':<11}{taxed}", f"  {'rule':<11}{rule(credit if document.kind == 'credit_note' else totals, 'GC-5.1')}"]


__all__ = ["explain", "explained_line"]
