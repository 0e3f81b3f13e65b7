"""How a line of a debit note came to be: interest delay by delay, or the letter, the cost or the order it is for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import Connection

import sql
from billing.interest import interest
from billing.late_charges import What, costs_charged, late_charges, letters_charged
from billing.money import ZERO, cents_half_up
from billing.period import days_in_month
from tasks.explain.records import Document, DocumentLine, Explained
from tasks.explain.words import exactly, plain, rule


@dataclass(frozen=True, slots=True)
class LateChargeRow:
    """A late charge with what it is for; what it is not for is None. EUR."""

    run_id: int
    charge_no: int
    what: What
    charged_before: Decimal
    amount: Decimal
    policy: str
    clause: str
    from_day: date
    invoice_number: str | None
    due_on: date | None
    gross: Decimal | None
    credited: Decimal
    level: int | None
    letter_on: date | None
    fee: Decimal | None
    recovery_cost: Decimal | None
    channel: str | None
    cost_id: str | None
    incurred: Decimal | None
    order_no: int | None
    run_on: date
    settings: dict[str, object]

    @property
    def is_by_days(self) -> bool:
        """Whether interest was counted by days, as the setting was."""
        return self.settings.get("interest") == "daily"


@dataclass(frozen=True, slots=True)
class DelayRow:
    """Days of delay on which the same amount was open. EUR; `per_month` is a share."""

    from_day: date
    to_day: date
    open_amount: Decimal
    per_month: Decimal
    cost: Decimal

    def months(self, *, by_days: bool) -> tuple[Fraction, str]:
        """How much of a month they cost, also in words."""
        if not by_days:
            return Fraction(1), "a completed month"
        days, of_month = (self.to_day - self.from_day).days + 1, days_in_month(self.from_day)
        return Fraction(days, of_month), f"{days}/{of_month}"


def explain_late_charge(conn: Connection, document: Document, line: DocumentLine) -> Explained:
    """A line of a debit note."""
    given = {"invoice_id": document.invoice_id, "line_seq": line.line_seq, "import_no": document.import_no}
    charge = sql.one(conn, LateChargeRow, "explain/late_charge", **given)
    assert charge is not None, f"{document.number} line {line.line_seq} rests on a charge of {document.made_by}"
    explained = Explained(ZERO)
    if charge.what == "interest":
        _interest(explained, charge, sql.rows(conn, DelayRow, "explain/delays", run_id=charge.run_id, charge_no=charge.charge_no))
    else:
        _once(explained, charge, line)
    explained.say("policy", f"{charge.policy}, on {charge.run_on}")
    return explained


def _interest(explained: Explained, charge: LateChargeRow, delays: Sequence[DelayRow]) -> None:
    credited = f", less {plain(-charge.credited)} credited" if charge.credited else ""
    explained.say("invoice", f"{charge.invoice_number} of {plain(charge.gross or ZERO)} with VAT{credited}, due {charge.due_on}")
    total = Fraction(0)
    for delay in delays:
        share, said = delay.months(by_days=charge.is_by_days)
        cost = Fraction(delay.open_amount) * Fraction(delay.per_month) * share
        total += cost
        product = f"{plain(delay.open_amount)} × {plain(delay.per_month * 100)} %{f' × {said}' if charge.is_by_days else ''}"
        explained.say("delay", f"{delay.from_day} to {delay.to_day}: {product} = {exactly(cost)}")
    due = cents_half_up(total)
    explained.net = due - charge.charged_before
    before = f", less {plain(charge.charged_before)} charged before = {plain(explained.net)}" if charge.charged_before else ""
    explained.say("arithmetic", f"{exactly(total)}, rounded half-up to the cent = {plain(due)}{before}")
    explained.say("rule", rule(interest, charge.clause))


def _once(explained: Explained, charge: LateChargeRow, line: DocumentLine) -> None:
    explained.net = charge.amount
    if charge.letter_on is not None:
        asked = charge.fee if charge.what == "reminder_fee" else charge.recovery_cost
        explained.net = asked or ZERO
        explained.say("letter", f"level {charge.level} of {charge.letter_on}, delivered by {charge.channel}: {plain(explained.net)}")
        explained.say("rule", rule(letters_charged, line.clause))
    elif charge.cost_id is not None:
        capped = f", {plain(charge.amount)} within the cap" if charge.incurred != charge.amount else ""
        incurred = f"incurred on {charge.from_day}: {plain(charge.incurred or ZERO)}"
        explained.say("cost", f"{charge.cost_id} of recovery_costs.csv, {incurred}{capped}")
        explained.say("rule", rule(costs_charged, line.clause))
    else:
        explained.say("restored", f"by order {charge.order_no}, from {charge.from_day}")
        explained.say("rule", rule(late_charges, line.clause))


__all__ = ["explain_late_charge"]
