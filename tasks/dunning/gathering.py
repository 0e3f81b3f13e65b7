"""What dunning looks at: who is late, with what, what was sent to him and what of that arrived, by which policy and where he is reached."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeVar, cast

from sqlalchemy import Connection

import sql
from billing.dunning import Kind, PayerState, Policy, Receivable, SentNotice, Unreached
from reports.records import Language
from tasks.collecting import under_collection
from tasks.message import usable
from tasks.payments import OpenInvoiceOn, late_invoices_on
from tasks.portal import open_portal
from tasks.segments import policies_of
from tasks.settings import Settings


@dataclass(frozen=True, slots=True)
class SentRow:
    """A letter that was sent and has not come back; `lifted` when it told of a suspension that was restored since."""

    payer_id: str
    level: int
    sent_on: date
    anchor_due_on: date
    invoices: list[str]
    lifted: bool


@dataclass(frozen=True, slots=True)
class UnreachedRow:
    """A letter that was refused for good or came back, and why."""

    payer_id: str
    level: int
    tried_on: date
    anchor_number: str
    recipients: str
    reason: str


@dataclass(frozen=True, slots=True)
class PayerRow:
    """A payer as it is now, with its channel and addresses."""

    payer_id: str
    name: str
    language: Language
    billing_emails: str
    channel: Literal["email", "portal"]
    street: str
    postal_code: str
    city: str
    country: str
    vat_number: str


@dataclass(frozen=True, slots=True)
class Reach:
    """How a payer is reached: `recipients` are mail addresses, `;` between, or where the portal is; `usable` with one that can work."""

    channel: Literal["email", "portal"]
    recipients: str
    usable: bool


@dataclass(frozen=True, slots=True)
class Debtor:
    """A payer who is late, all the rule looks at, what did not arrive, oldest first, and `owed`, its open documents, by number."""

    payer: PayerRow
    segment: str
    policy: Policy
    reach: Reach
    state: PayerState
    unreached: tuple[UnreachedRow, ...]
    owed: Mapping[str, OpenInvoiceOn]


def debtors(conn: Connection, settings: Settings, on: date) -> list[Debtor]:
    """Returns the payers with something past its due date that is not contested in full, by id. Raises PolicyError.

    What is fetched from a payer's account is not late while its money is on its way.
    """
    on_its_way = under_collection(conn, settings, on)
    owed = _by_payer([each for each in late_invoices_on(conn, on) if each.number not in on_its_way])
    late = sorted(payer_id for payer_id, theirs in owed.items() if any(_claimable(each) for each in theirs))
    if not late:
        return []
    payers = {row.payer_id: row for row in sql.rows(conn, PayerRow, "dunning/payers", payer_ids=late)}
    policies = policies_of(conn, settings, late, on)
    sent = _by_payer(sql.rows(conn, SentRow, "dunning/sent", payer_ids=late, day=on))
    unreached = _by_payer(sql.rows(conn, UnreachedRow, "dunning/unreached", payer_ids=late, day=on))
    reaches = {payer_id: reach_of(payer, settings) for payer_id, payer in payers.items()}
    return [
        Debtor(
            payers[payer_id],
            *policies[payer_id],
            reaches[payer_id],
            _state(payer_id, owed[payer_id], sent[payer_id], unreached[payer_id], reaches[payer_id].recipients),
            tuple(unreached[payer_id]),
            {each.number: each for each in owed[payer_id]},
        )
        for payer_id in late
    ]


def reach_of(payer: PayerRow, settings: Settings) -> Reach:
    """How a letter reaches a payer: it has to arrive, so a portal payer with an address gets it by mail, one without reads it there."""
    if payer.channel == "portal" and not payer.billing_emails.strip(" ;"):
        return Reach("portal", open_portal(settings).root, usable=True)
    good, _ = usable(payer.billing_emails.split(";"))
    return Reach("email", payer.billing_emails, bool(good))


Row = TypeVar("Row", OpenInvoiceOn, SentRow, UnreachedRow)


def _by_payer(rows: Sequence[Row]) -> Mapping[str, list[Row]]:
    by_payer: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_payer[row.payer_id].append(row)
    return by_payer


def _claimable(owed: OpenInvoiceOn) -> bool:
    return bool(_receivable(owed).claimable)


def _receivable(owed: OpenInvoiceOn) -> Receivable:
    return Receivable(owed.number, owed.due_on, owed.open_amount, owed.contested, cast(Kind, owed.kind))


def _state(
    payer_id: str, owed: Sequence[OpenInvoiceOn], sent: Sequence[SentRow], unreached: Sequence[UnreachedRow], recipients: str
) -> PayerState:
    return PayerState(
        payer_id,
        tuple(_receivable(each) for each in owed),
        tuple(SentNotice(row.level, row.sent_on, row.anchor_due_on, frozenset(row.invoices), row.lifted) for row in sent),
        tuple(Unreached(row.level, row.tried_on, row.anchor_number, row.recipients) for row in unreached),
        recipients,
    )


__all__ = ["Debtor", "PayerRow", "Reach", "UnreachedRow", "debtors", "reach_of"]
