"""SLA credits on the drafts of a run: used up on them, and put on the payout list when a contract has ended (GC-10.5)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import groupby

from sqlalchemy import Connection

import sql
from billing.invoices import totals
from billing.leaving import is_sold
from billing.order import OrderLine, is_one_off
from billing.period import DAY, Period
from billing.recurring import uncharged
from billing.sla_credit import CLAUSE, CreditUse, LineState, SlaCredit, has_ended, use_up
from billing.vat import Treatment
from reports.records import Language
from reports.wording import wording
from tasks.charging import DaysCharged
from tasks.draft_rows import Draft, DraftLine
from tasks.leaving import ended, endings
from tasks.ledger import Run

ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class PayoutRow:
    """A credit that is paid out: granted, used on invoices, and left. EUR excluding VAT."""

    credit_id: str
    contract_id: str
    payer_id: str
    granted_on: date
    amount: Decimal
    used: Decimal
    left: Decimal
    reason: str


def credits_left(
    conn: Connection, *, import_no: int, on: date, run_id: int = 0, subject: str = "", seen_on: date | None = None
) -> list[SlaCredit]:
    """The credits granted by a day with what is left of them, oldest first.

    `run_id` is the run whose own use does not count (0 = none), `subject` the invoice a credit run makes anew. A look back at a day
    sees no use dated after it (`seen_on`); a run sees all, so that nothing is used twice.
    """
    return sql.rows(conn, SlaCredit, "sla_credits/left", import_no=import_no, on=on, run_id=run_id, subject=subject, seen_on=seen_on)


def with_credits(conn: Connection, run: Run, invoices: Sequence[Draft], languages: Mapping[str, Language]) -> list[Draft]:
    """The invoices of a run, ordered by payer and payment days, with a line for each credit of the payer that they use up.

    Whoever calls holds the lock of credits (`sla_credits/lock`) from before the run's own drafts were removed.
    """
    of_payer: dict[str, list[SlaCredit]] = defaultdict(list)
    for credit in credits_left(conn, import_no=run.import_no, on=run.on, run_id=run.run_id, subject=run.subject):
        of_payer[credit.payer_id].append(credit)
    made: list[Draft] = []
    for payer_id, group in groupby(invoices, key=lambda draft: draft.payer_id):
        theirs = list(group)
        uses = use_up(of_payer.get(payer_id, ()), [draft.totals.net for draft in theirs], run.on)
        made += [_reduced(draft, of_draft, languages[payer_id]) for draft, of_draft in zip(theirs, uses, strict=True)]
    return made


def _reduced(draft: Draft, uses: Sequence[CreditUse], language: Language) -> Draft:
    if not uses:
        return draft
    lines = [*draft.lines, *(_line(draft, use, language) for use in uses)]
    sums = totals((line.net, Treatment(line.vat_category, line.vat_rate)) for line in lines)  # type: ignore[arg-type]  # of a draft line
    return replace(draft, lines=lines, totals=sums)


def _line(draft: Draft, use: CreditUse, language: Language) -> DraftLine:
    """A credit on paper: taxed as the invoice it reduces, dated the day it was granted."""
    credit, taxed = use.credit, draft.lines[0]
    return DraftLine(
        credit.contract_id,
        credit.end_client_id,
        "",
        "",
        wording(language)("line.sla_credit", reason=credit.reason),
        "credit",
        credit.granted_on,
        credit.granted_on,
        ONE,
        -use.amount,
        -use.amount,
        taxed.vat_category,
        taxed.vat_rate,
        CLAUSE,
        _note(use),
        sla_credit_id=credit.credit_id,
    )


def _note(use: CreditUse) -> str:
    granted = f"amount={use.credit.amount:.2f}"
    return f"sla_credit {granted} left={use.left_after:.2f}" if use.left_after else f"sla_credit_used_up {granted}"


def stage_payouts(conn: Connection, run: Run, parked: Collection[str]) -> int:
    """Replace the payouts of a close: what its drafts leave of the credits of contracts that have ended. Returns how many.

    A parked payer is billed by the next close, so his contracts have not seen their last invoice.
    """
    sql.run(conn, "sla_credits/delete_payouts", run_id=run.run_id)
    used = defaultdict(Decimal, {str(row["credit_id"]): row["amount"] for row in sql.dicts(conn, "sla_credits/used_by", run_id=run.run_id)})
    there = credits_left(conn, import_no=run.import_no, on=run.on, run_id=run.run_id)
    left = {
        credit.credit_id: (credit, credit.left - used[credit.credit_id])
        for credit in there
        if credit.payer_id not in parked and credit.left > used[credit.credit_id]
    }
    over = _ended_contracts(conn, run, {credit.contract_id for credit, _ in left.values()})
    rows = [(run.run_id, name, amount) for name, (credit, amount) in left.items() if credit.contract_id in over]
    return sql.copy_in(conn, "credit_payout", ("run_id", "credit_id", "amount"), rows)


def payouts(conn: Connection, run: Run) -> list[PayoutRow]:
    """The payout list of a close, by payer."""
    return sql.rows(conn, PayoutRow, "sla_credits/payouts", run_id=run.run_id, import_no=run.import_no)


def _ended_contracts(conn: Connection, run: Run, contract_ids: Iterable[str]) -> set[str]:
    wanted = sorted(contract_ids)
    if not wanted:
        return set()
    known = endings(conn, run)
    lines = ended(sql.rows(conn, OrderLine, "sla_credits/lines", import_no=run.import_no, contract_ids=wanted), known)
    line_nos = [line.line_no for line in lines]
    charged: dict[int, list[Period]] = defaultdict(list)
    for stretch in sql.rows(conn, DaysCharged, "sla_credits/days_charged", line_nos=line_nos):
        charged[stretch.line_no].append(Period(stretch.first, stretch.past))
    once = {int(row["line_no"]) for row in sql.dicts(conn, "sla_credits/charged_once", line_nos=line_nos)}
    last_orders: date | None = sql.scalar(conn, "one_off/last_orders_run", on=run.on + DAY)
    if last_orders:  # what no orders run to come would still sell is settled too
        once |= {line.line_no for line in lines if not is_sold(line.kind, last_orders + DAY, known.get(line.line_no))}
    states: dict[str, list[LineState]] = defaultdict(list)
    for line in lines:
        states[line.contract_id].append(_state(line, charged[line.line_no], line.line_no in once))
    return {contract_id for contract_id, of_contract in states.items() if has_ended(of_contract, run.on)}


def _state(line: OrderLine, charged: Sequence[Period], once: bool) -> LineState:
    """What is sold once ends with its sale; traffic ends with its line, and a close has billed it once the line has ended."""
    if is_one_off(line):
        return LineState(line.starts_on, once or line.charged_through is not None or line.quantity == 0)
    if line.ends_on is None:
        return LineState(None, False)
    first = max(line.starts_on, line.charged_through + DAY) if line.charged_through else line.starts_on
    served = Period(first, max(first, line.ends_on + DAY))
    return LineState(line.ends_on, line.kind == "usage" or not uncharged(served, charged))


__all__ = ["PayoutRow", "credits_left", "payouts", "stage_payouts", "with_credits"]
