"""A letter as a record: what is due, since when, how it was computed, and what comes next."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Connection

import sql
from billing.dunning import Notice
from billing.late_charges import terms_of
from billing.money import ZERO
from reports.records import LetterItem, LetterRecord, Payer
from tasks.document_records import seller_of
from tasks.dunning.deciding import Decision
from tasks.dunning.gathering import PayerRow
from tasks.late_charges import accrued
from tasks.letterhead import letterhead
from tasks.payments import OpenInvoiceOn
from tasks.settings import Settings


@dataclass(frozen=True, slots=True)
class Suspended:
    """An end client that a suspension reaches, by name."""

    order_no: int
    name: str


@dataclass(frozen=True, slots=True)
class Beside:
    """What a letter says beside its decision: the interest not charged yet by document, the end clients of a suspension by order. EUR."""

    interest: Mapping[str, Decimal]
    suspended: Mapping[int, Sequence[str]]


def beside(conn: Connection, settings: Settings, decisions: Sequence[Decision]) -> Beside:
    """Returns what the letters of a day say beside what was decided, for all of them at once."""
    if not decisions:
        return Beside({}, {})
    on = decisions[0].notice.noticed_on
    theirs = accrued(conn, settings, [each.payer_id for each in decisions], on)
    interest = {one.number: one.amount for items in theirs.values() for one in items}
    orders = [each.order_no for each in decisions if each.order_no is not None]
    suspended: dict[int, list[str]] = {order_no: [] for order_no in orders}
    for row in sql.rows(conn, Suspended, "dunning/suspended", order_nos=orders):
        suspended[row.order_no].append(row.name)
    return Beside(interest, suspended)


def letter_record(settings: Settings, decision: Decision, said: Beside) -> LetterRecord:
    """Returns the letter of a decision."""
    notice = decision.notice
    items, policy = tuple(_items(notice, decision.listed, said.interest)), decision.debtor.policy
    percent = terms_of(policy, settings.interest).share_on(notice.noticed_on) * 100
    return LetterRecord(
        level=notice.level,
        words=notice.words,
        noticed_on=notice.noticed_on,
        payer=addressee(decision.debtor.payer),
        seller=letterhead(seller_of(settings), settings),
        items=items,
        total=notice.open_amount,
        fee=notice.fee,
        recovery_cost=notice.recovery_cost,
        interest_total=sum((item.interest for item in items), ZERO),
        interest_per_month=Decimal(percent.numerator) / percent.denominator,
        pay_by=notice.pay_by,
        next_words="reminder" if notice.next_words == "friendly" else notice.next_words,
        next_on=notice.next_on,
        suspension_from=notice.suspension_from,
        suspended=tuple(said.suspended.get(decision.order_no, ())) if decision.order_no is not None else (),
        reactivation_fee=policy.reactivation_fee,
    )


def addressee(payer: PayerRow) -> Payer:
    """Returns the payer as a letter addresses it."""
    return Payer(payer.payer_id, payer.name, payer.street, payer.postal_code, payer.city, payer.country, payer.vat_number, payer.language)


def _items(notice: Notice, listed: Sequence[OpenInvoiceOn], interest: Mapping[str, Decimal]) -> Iterable[LetterItem]:
    for row, asked in zip(listed, notice.invoices, strict=True):
        yield LetterItem(
            number=row.number,
            kind=asked.kind,
            issued_on=row.issued_on,
            due_on=row.due_on,
            days_late=(notice.noticed_on - row.due_on).days,
            gross=row.gross,
            credited=row.credited,
            paid=row.paid,
            contested=min(row.contested, row.open_amount),
            asked=asked.claimable,
            structured_reference=row.structured_reference,
            interest=interest.get(row.number, ZERO),
        )


__all__ = ["Beside", "addressee", "beside", "letter_record"]
