"""How what reduces a bill came to be: an SLA credit used up, and the lines of a credit note."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from sqlalchemy import Connection

import sql
from billing.credit_notes import IssuedLine, credit, refunded, wanted
from billing.money import ZERO
from billing.period import DAY, Period
from billing.recurring import price_of_days
from billing.sla_credit import use_up
from tasks.credit import Request
from tasks.explain.made_from import CreditedLine, RefundRow, SlaUse
from tasks.explain.records import Document, DocumentLine, Explained, Explaining
from tasks.explain.words import number, plain, product_of_days, rule


def explain_sla_credit(conn: Connection, explaining: Explaining, line: DocumentLine) -> Explained:
    """A line that uses up an SLA credit: as much as is left of the credit, at most what the lines before it leave to pay (GC-10.5)."""
    document = explaining.document
    given = {"invoice_id": document.invoice_id, "line_seq": line.line_seq}
    use = sql.one(conn, SlaUse, "explain/sla_credit", import_no=document.drafts_import, **given)
    assert use is not None, f"{document.number} line {line.line_seq} uses a credit"
    to_pay = sum((one.net for one in explaining.lines if one.line_seq < line.line_seq), ZERO)
    left_after = _left_after(line.note)
    left = use.used + left_after
    amount = min(left, to_pay)
    explained = Explained(-amount)
    explained.say("credit", f"{use.credit_id} of credits.csv, granted {use.granted_on}: {plain(use.granted)} for {use.reason}")
    explained.say("left", f"{plain(left)} before this invoice, {plain(left_after)} after it")
    explained.say("arithmetic", f"the lower of {plain(left)} left and {plain(to_pay)} to pay before it = {plain(amount)}, taken off")
    explained.say("rule", rule(use_up, line.clause))
    return explained


def _left_after(note: str) -> Decimal:
    """What the note of the line says is left of the credit."""
    left = [word.removeprefix("left=") for word in note.split() if word.startswith("left=")]
    return Decimal(left[0]) if left else ZERO


def explain_credited(conn: Connection, document: Document, line: DocumentLine) -> Explained:
    """A line of a credit note: the line it takes from, what was left of that, and what is left now."""
    given = {"invoice_id": document.invoice_id, "line_seq": line.credits_line_seq}
    credited = sql.one(conn, CreditedLine, "explain/credited", **given)
    assert credited is not None, f"{document.number} line {line.line_seq} credits a line of an invoice"
    left = credited.net - credited.credited
    explained = _refund(conn, document, line, credited, left) if line.charge == "refund" else _decided(document, line, credited, left)
    price = "" if credited.unit_price is None else f"{number(credited.quantity)} × {plain(credited.unit_price)}, "
    what = f"{credited.number} line {credited.line_seq}, {credited.description} {credited.from_day} to {credited.to_day}"
    explained.said.insert(0, f"  {'credits':<11}{what}: {price}{plain(credited.net)}")
    before = f"{plain(credited.credited)} credited before, " if credited.credited else ""
    explained.say("left", f"{before}{plain(left)} left of the line, after this credit note {plain(left + explained.net)}")
    explained.say("rule", rule(refunded if line.charge == "refund" else credit, line.clause))
    return explained


def _decided(document: Document, line: DocumentLine, credited: CreditedLine, left: Decimal) -> Explained:
    """What finance asked to take back: all that is left of the line, or an amount of it."""
    asked = Request.of(document.subject, document.request).asked
    issued = IssuedLine(credited.line_seq, credited.net, credited.credited, line.vat_category, line.vat_rate)
    taken = wanted([issued], replace(asked, lines=(credited.line_seq,) if asked.lines else ()))[credited.line_seq]
    explained = Explained(-taken)
    explained.say("reason", f"{document.reason}; decided by finance, {document.made_by}")
    how = "all" if taken == left else f"{plain(taken)}, as asked,"
    explained.say("arithmetic", f"{how} of the {plain(left)} left = {plain(taken)}, taken back")
    return explained


def _refund(conn: Connection, document: Document, line: DocumentLine, credited: CreditedLine, left: Decimal) -> Explained:
    """Days given back after the end of the service (GC-13.2): their share of the charge, never more than is left of it."""
    assert line.line_no is not None
    days = Period(line.from_day, line.to_day + DAY)
    given = {"run_id": document.run_id, "line_no": line.line_no, "first": line.from_day, "last": line.to_day}
    (back, *_) = sql.rows(conn, RefundRow, "explain/refunded", **given)
    assert credited.unit_price is not None
    _, share = price_of_days(int(credited.quantity), credited.unit_price, days)
    whole = Period(credited.from_day, credited.to_day + DAY) == days
    amount = min(credited.net if whole else share, back.net, left)
    explained = Explained(-amount)
    explained.say("reason", f"termination {back.termination_id}: the days after the end of service are given back ({back.clause})")
    if whole:
        explained.say("arithmetic", f"all days of the line: its {plain(amount)}, given back")
    else:
        explained.say("arithmetic", f"{product_of_days(int(credited.quantity), credited.unit_price, days, share)}, given back")
    return explained


__all__ = ["explain_credited", "explain_sla_credit"]
