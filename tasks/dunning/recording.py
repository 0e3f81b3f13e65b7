"""Letters in the ledger: what was recorded and never sent is withdrawn, what is decided is recorded with its place in the outbox."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from sqlalchemy import Connection

import sql
from tasks.dunning.deciding import Decision
from tasks.message import stable_message_id
from tasks.outside import Outside
from tasks.settings import Settings
from tasks.store import file_name

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class Letter:
    """A recorded letter that waits to be sent, itself and no other; `path` is that of its PDF in the store."""

    notice_id: int
    delivery_id: int
    message_id: str
    channel: Literal["email", "portal"]
    recipients: str
    path: str
    decision: Decision

    @property
    def payer_id(self) -> str:
        """Who gets it."""
        return self.decision.payer_id


def withdraw(outside: Outside) -> int:
    """Withdraw every letter that was recorded and not sent, whatever its day, with its PDF; returns how many.

    What is owed may have changed since. Nothing changed, the same letter comes again, with the same Message-ID. One that an address
    of the payer took already was sent.
    """
    with outside.engine.begin() as conn:
        sql.run(conn, "dunning/settle_taken")
        paths = [str(row["path"]) for row in sql.dicts(conn, "dunning/unsent")]
        for path in filter(None, paths):  # before their rows: after a kill here the rows are still there to find them by
            outside.out.remove(path)
        sql.run(conn, "dunning/withdraw_unsent")
    if paths:
        log.info("%d letters that were recorded and never sent are withdrawn", len(paths))
    return len(paths)


def record(conn: Connection, settings: Settings, decisions: Sequence[Decision]) -> list[Letter]:
    """Record letters with their outbox; those without an address to go to are left out."""
    return [_recorded(conn, settings, each) for each in decisions if each.debtor.reach.usable]


def message_id(settings: Settings, decision: Decision) -> str:
    """Returns the Message-ID of a letter: of payer, anchor, level and try, whatever the day. It leaves twice only with the same one."""
    notice = decision.notice
    again = f".{notice.attempt}" if notice.attempt > 1 else ""
    return stable_message_id(f"{notice.payer_id}.{notice.anchor.number}.{notice.level}{again}.reminder", settings.mail_from)


def letter_path(payer_id: str, level: int, on: date) -> str:
    """Returns where the store has the PDF of a letter, in the month of its day."""
    return f"{on:%Y-%m}/letters/{file_name(payer_id)}-{level}-{on}.pdf"


def _recorded(conn: Connection, settings: Settings, decision: Decision) -> Letter:
    notice, reach = decision.notice, decision.debtor.reach
    mail_id = message_id(settings, decision)
    outbox = {"payer_id": notice.payer_id, "channel": reach.channel, "recipients": reach.recipients, "message_id": mail_id}
    delivery_id = int(sql.scalar(conn, "dunning/record_delivery", **outbox))
    path = letter_path(notice.payer_id, notice.level, notice.noticed_on)
    notice_id = int(
        sql.scalar(
            conn,
            "dunning/record_notice",
            payer_id=notice.payer_id,
            policy=decision.debtor.policy.name,
            segment=decision.debtor.segment,
            level=notice.level,
            noticed_on=notice.noticed_on,
            anchor_invoice_id=decision.listed[0].invoice_id,
            anchor_due_on=notice.anchor.due_on,
            open_amount=notice.open_amount,
            fee=notice.fee,
            recovery_cost=notice.recovery_cost,
            clause=notice.clause,
            pay_by=notice.pay_by,
            next_on=notice.next_on,
            order_no=decision.order_no,
            path=path,
            delivery_id=delivery_id,
        )
    )
    listed = zip(decision.listed, notice.invoices, strict=True)
    sql.write_each(
        conn,
        "dunning/record_notice_invoice",
        [{"notice_id": notice_id, "invoice_id": row.invoice_id, "open_amount": asked.claimable} for row, asked in listed],
    )
    return Letter(notice_id, delivery_id, mail_id, reach.channel, reach.recipients, path, decision)


__all__ = ["Letter", "letter_path", "message_id", "record", "withdraw"]
