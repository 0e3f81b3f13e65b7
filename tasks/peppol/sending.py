"""The sending of e-invoices: each is handed over and settled on its own, in one transaction that holds its row.

So two processes never send the same one, and a kill anywhere leaves it as it was: it is handed over again under the same key, and an
access point that honours keys sends it once. One that is refused, or an access point that is down, holds back nothing else.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

import sql
from tasks.ledger import Stopped
from tasks.outside import Outside
from tasks.peppol.access_point import AccessPoint, Answer, open_access_point
from tasks.peppol.envelope import EInvoice, PendingEInvoice, sender_of
from tasks.portal_contents import as_drawn
from tasks.store import StoreFailed

log = logging.getLogger(__name__)

PATIENCE = 3  # e-invoices in a row without an answer; then the access point is down, and the rest waits for the next run
STATES = {"taken": "sent", "refused": "failed", "unanswered": "pending", "shut": "pending"}


@dataclass(frozen=True, slots=True)
class Figures:
    """What became of e-invoices."""

    sent: int
    refused: int
    waiting: int

    def as_figures(self) -> dict[str, int]:
        """By the names people read, without what is none."""
        named = {"e-invoices sent": self.sent, "e-invoices refused": self.refused, "e-invoices waiting": self.waiting}
        return {name: count for name, count in named.items() if count}


@dataclass(slots=True)
class _Sending:
    """A round of sending: since when nothing was answered, and the files that are not what was drawn."""

    outside: Outside
    sender: str
    unanswered: int = 0
    is_shut: bool = False
    spoiled: list[str] = field(default_factory=list)

    @property
    def goes_on(self) -> bool:
        return not self.is_shut and self.unanswered < PATIENCE

    def send(self, access_point: AccessPoint, row: PendingEInvoice) -> None:
        """Hand over and settle one e-invoice, unless another process is at it or has been."""
        try:
            content = _drawn(self.outside, row)
        except (Stopped, StoreFailed) as error:
            self.spoiled.append(str(error))
            return
        with self.outside.engine.begin() as conn:
            if sql.scalar(conn, "peppol/claim", delivery_id=row.delivery_id) is not None:
                self._settle(conn, row, access_point.hand_over(EInvoice(row, self.sender, content)))

    def _settle(self, conn: Connection, row: PendingEInvoice, answer: Answer) -> None:
        self.unanswered = self.unanswered + 1 if answer.outcome == "unanswered" else 0
        self.is_shut = answer.outcome == "shut"
        sql.run(
            conn,
            "peppol/settle",
            delivery_id=row.delivery_id,
            state=STATES[answer.outcome],
            tries=answer.tries,
            receipt=answer.receipt,
            note=answer.said,
        )
        if answer.outcome != "taken":
            log.warning("the e-invoice of %s to payer %s is %s: %s", row.number, row.payer_id, answer.outcome, answer.said)


def send_rows(outside: Outside, rows: Sequence[PendingEInvoice]) -> None:
    """Send the e-invoices in order. Raises Stopped, once the others are through, for a file that is missing or not as it was drawn.

    After three in a row without an answer, or once the access point lets nothing in, the others wait for the next run.
    Raises SettingsError when the access point cannot be used as it is set.
    """
    if not rows:
        return
    sending = _Sending(outside, sender_of(outside.settings))
    with open_access_point(outside) as access_point:
        for row in rows:
            if sending.goes_on:
                sending.send(access_point, row)
    if sending.spoiled:
        raise Stopped("\n".join(sending.spoiled))


def pending(outside: Outside, run_id: int | None = None) -> list[PendingEInvoice]:
    """The e-invoices that wait, of a run or of all."""
    with outside.engine.connect() as conn:
        return sql.rows(conn, PendingEInvoice, "peppol/pending", run_id=run_id)


def figures(outside: Outside, run_id: int | None = None) -> Mapping[str, int]:
    """What became of the e-invoices of a run or of all, in figures a person reads."""
    with outside.engine.connect() as conn:
        found = sql.one(conn, Figures, "peppol/figures", run_id=run_id)
    assert found is not None
    return found.as_figures()


def _drawn(outside: Outside, row: PendingEInvoice) -> bytes:
    """The e-invoice as the documents step wrote it. Raises Stopped when there is none or another, StoreFailed when it cannot be read."""
    if not row.path:
        raise Stopped(f"invoice {row.number} has no e-invoice to send; run the step `documents` again")
    return as_drawn(outside.out, row.path, row.sha256)


__all__ = ["Figures", "figures", "pending", "send_rows"]
