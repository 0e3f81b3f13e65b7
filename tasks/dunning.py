"""Dunning on a day: gather what payers owe, decide by the policy, record the reminders, check them, send them.

What an earlier run recorded and did not send is withdrawn first and decided anew, since a payment may have come in between. Nothing
changed, it is the same reminder with the same Message-ID; so a run may be ended anywhere and run again.
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, cast

from sqlalchemy import Connection

import sql
from billing.dunning import Notice, PayerState, Policy, PolicyError, Receivable, SentNotice, next_notice
from reports.mail_text import reminder_mail
from reports.records import Language, MailText, OpenInvoice, Payer, ReminderRecord
from tasks.document_records import seller_of
from tasks.ledger import Stopped, only_one
from tasks.message import Letter, mime_bytes, stable_message_id
from tasks.outbox import send_all
from tasks.outside import Outside
from tasks.payments import OpenInvoiceOn, open_invoices_on
from tasks.policies import policy_in_force
from tasks.portal import open_portal, publish, reminder_name

log = logging.getLogger(__name__)

Check = Callable[[Outside, date], object]


@dataclass(frozen=True, slots=True)
class SentRow:
    """A reminder that was sent, as the database has it."""

    payer_id: str
    level: int
    sent_on: date
    anchor_due_on: date
    invoices: list[str]


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
class NoticeGiven:
    """A reminder of a day and how it went: `state` is preview, pending, sent or failed, `reason` why it failed. EUR."""

    payer_id: str
    level: int
    open_amount: Decimal
    fee: Decimal
    invoices: list[str]
    channel: str
    state: str
    reason: str = ""

    def __str__(self) -> str:
        fee = f", fee {self.fee} EUR" if self.fee else ""
        why = f": {self.reason}" if self.reason else ""
        return f"{self.payer_id}: level {self.level}, {self.open_amount} EUR on {', '.join(self.invoices)}{fee}, {self.state}{why}"


@dataclass(frozen=True, slots=True)
class DunningReceipt:
    """The reminders of a day, by payer; with `preview` those that would be sent. `newly_sent` were sent by this very run."""

    on: date
    policy: str
    preview: bool
    notices: tuple[NoticeGiven, ...]
    newly_sent: int = 0

    @property
    def figures(self) -> dict[str, int | str]:
        """Name → number or amount, for a table."""
        levels = sorted({notice.level for notice in self.notices})
        counts: dict[str, int | str] = {f"level {level}": sum(each.level == level for each in self.notices) for level in levels}
        failed = sum(each.state == "failed" for each in self.notices)
        return {"reminders": len(self.notices), **counts, "newly sent": self.newly_sent, "failed": failed, "policy": self.policy}

    def __str__(self) -> str:
        what = "would be sent" if self.preview else f"of the day, {self.newly_sent} newly sent"
        count = f"{len(self.notices)} reminder{'' if len(self.notices) == 1 else 's'}"
        head = f"dunning {self.on} by policy {self.policy}: {count} {what}"
        return "\n".join([head, *(f"  {notice}" for notice in self.notices)])


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to be sent to a payer, with the invoices as the database has them, oldest first."""

    notice: Notice
    payer: PayerRow
    invoices: tuple[OpenInvoiceOn, ...]


@dataclass(frozen=True, slots=True)
class Reminder:
    """A recorded reminder that waits to be sent."""

    delivery_id: int
    message_id: str
    channel: Literal["email", "portal"]
    recipients: str
    decision: Decision

    @property
    def payer_id(self) -> str:
        """Who gets it."""
        return self.decision.payer.payer_id


def run_dunning(outside: Outside, on: date, preview: bool = False, check: Check | None = None) -> DunningReceipt:
    """Send each payer the reminder that is due on a day; `preview` records and sends nothing.

    `check(outside, on)` is the gate, between recording and sending; when it raises, nothing is sent. Raises Stopped for a policy that
    cannot be used, RunLocked when another process is at it, MailUnavailable when the mail server is down.
    """
    try:
        policy = policy_in_force(outside.settings.dunning_policy, on)
    except PolicyError as error:
        raise Stopped(str(error)) from error
    if preview:
        with outside.engine.connect() as conn:
            decisions = decide(conn, policy, on)
        return DunningReceipt(on, policy.name, True, tuple(_previewed(decision) for decision in decisions))
    with only_one(outside.engine, "dunning"):
        reminders = record(outside, policy, on)
        if check is not None:
            check(outside, on)
        _publish_all(outside, [each for each in reminders if each.channel == "portal"])
        send_all(outside, [each for each in reminders if each.channel == "email"], _composer(outside))
    return _receipt(outside, policy, on, {reminder.payer_id for reminder in reminders})


def decide(conn: Connection, policy: Policy, on: date) -> list[Decision]:
    """The reminders due on a day, by payer; none for a payer whose reminder of that day is sent, or was refused for good."""
    owed: dict[str, list[OpenInvoiceOn]] = defaultdict(list)
    for invoice in open_invoices_on(conn, on):
        owed[invoice.payer_id].append(invoice)
    sent: dict[str, list[SentNotice]] = defaultdict(list)
    for row in sql.rows(conn, SentRow, "dunning/sent"):
        sent[row.payer_id].append(SentNotice(row.level, row.sent_on, row.anchor_due_on, frozenset(row.invoices)))
    tried = {row["payer_id"] for row in sql.dicts(conn, "dunning/tried_today", noticed_on=on)}
    states = (_state(payer_id, owed[payer_id], sent[payer_id]) for payer_id in sorted(owed.keys() - tried))
    notices = [notice for state in states if (notice := next_notice(state, policy, on))]
    payers = {row.payer_id: row for row in sql.rows(conn, PayerRow, "dunning/payers", payer_ids=[each.payer_id for each in notices])}
    return [Decision(notice, payers[notice.payer_id], _rows(notice, owed[notice.payer_id])) for notice in notices]


def record(outside: Outside, policy: Policy, on: date) -> list[Reminder]:
    """Withdraw what was never sent, decide, and record the reminders of the day with their outbox, in one transaction."""
    with outside.engine.begin() as conn:
        sql.run(conn, "dunning/withdraw_unsent")
        return [_recorded(outside, conn, policy, decision) for decision in decide(conn, policy, on)]


def _state(payer_id: str, owed: Sequence[OpenInvoiceOn], sent: Sequence[SentNotice]) -> PayerState:
    receivables = tuple(Receivable(each.number, each.due_on, each.open_amount, each.contested) for each in owed)
    return PayerState(payer_id, receivables, tuple(sent))


def _rows(notice: Notice, owed: Sequence[OpenInvoiceOn]) -> tuple[OpenInvoiceOn, ...]:
    by_number = {invoice.number: invoice for invoice in owed}
    return tuple(by_number[receivable.number] for receivable in notice.invoices)


def _recorded(outside: Outside, conn: Connection, policy: Policy, decision: Decision) -> Reminder:
    notice, payer = decision.notice, decision.payer
    # A reminder has to arrive: a portal payer with an address gets it by mail, one without reads it on the portal.
    by_portal = payer.channel == "portal" and not payer.billing_emails.strip(" ;")
    channel: Literal["email", "portal"] = "portal" if by_portal else "email"
    recipients = open_portal(outside.settings).root if by_portal else payer.billing_emails
    message_id = stable_message_id(f"{payer.payer_id}.{notice.noticed_on}.{notice.level}.reminder", outside.settings.mail_from)
    delivery_id = int(
        sql.scalar(conn, "dunning/record_delivery", payer_id=payer.payer_id, channel=channel, recipients=recipients, message_id=message_id)
    )
    notice_id = sql.scalar(
        conn,
        "dunning/record_notice",
        payer_id=payer.payer_id,
        policy=policy.name,
        level=notice.level,
        noticed_on=notice.noticed_on,
        anchor_invoice_id=decision.invoices[0].invoice_id,
        anchor_due_on=notice.anchor.due_on,
        open_amount=notice.open_amount,
        fee=notice.fee,
        clause=notice.clause,
        delivery_id=delivery_id,
    )
    listed = zip(decision.invoices, notice.invoices, strict=True)
    sql.write_each(
        conn,
        "dunning/record_notice_invoice",
        [{"notice_id": notice_id, "invoice_id": row.invoice_id, "open_amount": asked.claimable} for row, asked in listed],
    )
    return Reminder(delivery_id, message_id, channel, recipients, decision)


def _words(outside: Outside, decision: Decision) -> MailText:
    notice, payer = decision.notice, decision.payer
    listed = zip(decision.invoices, notice.invoices, strict=True)
    return reminder_mail(
        ReminderRecord(
            level=cast(Literal[1, 2], notice.level),
            noticed_on=notice.noticed_on,
            payer=Payer(
                payer.payer_id, payer.name, payer.street, payer.postal_code, payer.city, payer.country, payer.vat_number, payer.language
            ),
            seller=seller_of(outside.settings),
            invoices=tuple(
                OpenInvoice(row.number, row.issued_on, row.due_on, asked.claimable, row.structured_reference) for row, asked in listed
            ),
            total=notice.open_amount,
            fee=notice.fee,
            suspension_from=notice.suspension_from,
        )
    )


def _composer(outside: Outside) -> Callable[[Reminder, tuple[str, ...]], bytes]:
    def compose(reminder: Reminder, recipients: tuple[str, ...]) -> bytes:
        words, notice = _words(outside, reminder.decision), reminder.decision.notice
        return mime_bytes(
            Letter(
                message_id=reminder.message_id,
                sender_name=outside.settings.seller_name,
                sender=outside.settings.mail_from,
                recipients=recipients,
                on=notice.noticed_on,
                subject=words.subject,
                text=words.text,
                html=words.html,
                headers={"X-Reminder": f"level {notice.level}"},
            )
        )

    return compose


def _publish_all(outside: Outside, reminders: Sequence[Reminder]) -> None:
    portal = open_portal(outside.settings)
    for reminder in reminders:
        words, notice = _words(outside, reminder.decision), reminder.decision.notice
        letter = f"{words.subject}\n\n{words.text}".encode()
        with outside.engine.begin() as conn:
            name = reminder_name(notice.noticed_on, notice.level)
            publish(portal, conn, reminder.payer_id, {name: letter}, [reminder.delivery_id])
            sql.run(conn, "delivery/settle", delivery_id=reminder.delivery_id, state="sent", tries=1, note="")


def _previewed(decision: Decision) -> NoticeGiven:
    notice = decision.notice
    numbers = [invoice.number for invoice in notice.invoices]
    return NoticeGiven(notice.payer_id, notice.level, notice.open_amount, notice.fee, numbers, decision.payer.channel, "preview")


def _receipt(outside: Outside, policy: Policy, on: date, tried: set[str]) -> DunningReceipt:
    with outside.engine.connect() as conn:
        notices = sql.rows(conn, NoticeGiven, "dunning/of_day", noticed_on=on)
    newly_sent = sum(notice.payer_id in tried and notice.state == "sent" for notice in notices)
    for notice in notices:
        if notice.state == "failed":
            log.warning("the reminder to payer %s could not be delivered; correct its addresses in the feed", notice.payer_id)
    log.info("dunning %s by policy %s: %d reminders, %d newly sent", on, policy.name, len(notices), newly_sent)
    return DunningReceipt(on, policy.name, False, tuple(notices), newly_sent)


__all__ = ["DunningReceipt", "NoticeGiven", "decide", "run_dunning"]
