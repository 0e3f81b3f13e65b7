"""The outbox: mails that are recorded as `delivery` rows before any is sent, sent one by one, each settled right after its answer."""

import logging
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from sqlalchemy import Connection
from tenacity import RetryCallState, Retrying, retry_if_result, stop_after_attempt, wait_exponential

import sql
from tasks.ahead import ahead
from tasks.mail import LONGEST_WAIT_S, Mail, MailUnavailable, Outcome, Sender, open_sender
from tasks.message import usable
from tasks.outside import Outside

log = logging.getLogger(__name__)


class Recorded(Protocol):
    """A row of the outbox; `recipients` as the payer gave them, `;` between."""

    @property
    def delivery_id(self) -> int:
        """Its key."""
        ...

    @property
    def message_id(self) -> str:
        """Stable: the same whenever it is sent."""
        ...

    @property
    def recipients(self) -> str:
        """The addresses as given."""
        ...

    @property
    def payer_id(self) -> str:
        """Who gets it."""
        ...


Row = TypeVar("Row", bound=Recorded)


@dataclass(frozen=True, slots=True)
class _Ready(Generic[Row]):
    """A mail as it goes; `beside` names addresses that cannot be used. None to send when there is no other."""

    row: Row
    mail: Mail | None
    beside: str


@dataclass(frozen=True, slots=True)
class _Post(Generic[Row]):
    outside: Outside
    conn: Connection
    sender: Sender
    compose: Callable[[Row, tuple[str, ...]], bytes]

    def round_of_mails(self, rows: Sequence[Row]) -> list[Row]:
        """Send each once; the next is composed while one is on its way. Returns those put off."""
        with ahead(self._composed(rows)) as ready:
            return [each.row for each in ready if self._send(each)]

    def _composed(self, rows: Sequence[Row]) -> Generator[_Ready[Row], None, None]:
        for row in rows:
            good, bad = usable(row.recipients.split(";"))
            beside = f"not usable: {', '.join(bad)}" if bad else ""
            sender = self.outside.settings.mail_from
            yield _Ready(row, Mail(row.message_id, sender, good, self.compose(row, good)) if good else None, beside)

    def _send(self, ready: _Ready[Row]) -> bool:
        """Send and settle one mail; whether it was put off. Raises MailUnavailable, noted on the row, which stays pending."""
        if ready.mail is None:
            none = ready.beside or f"payer {ready.row.payer_id} has no mail address"
            self._settle(ready.row, Outcome("rejected", f"{none}; give it one in parties.csv", tries=0), "")
            return False
        try:
            outcome = self.sender.send(ready.mail)
        except MailUnavailable as stopped:
            self._settle(ready.row, Outcome("put_off", str(stopped), self.outside.settings.mail_attempts), ready.beside)
            raise
        self._settle(ready.row, outcome, ready.beside)
        return outcome.state == "put_off"

    def _settle(self, row: Row, outcome: Outcome, beside: str) -> None:
        """Committed at once: the connection is in autocommit, so that a mail costs one round trip and not three."""
        state = {"sent": "sent", "rejected": "failed", "put_off": "pending"}[outcome.state]
        note = "; ".join(filter(None, (beside, outcome.note)))
        sql.run(self.conn, "delivery/settle", delivery_id=row.delivery_id, state=state, tries=outcome.tries, note=note)
        if state == "failed":
            log.warning("the mail %s to payer %s could not be delivered; its delivery row says why", row.message_id, row.payer_id)


def send_all(outside: Outside, rows: Sequence[Row], compose: Callable[[Row, tuple[str, ...]], bytes]) -> None:
    """Send the mails in order; `compose` makes the bytes of one from its row and usable addresses.

    What the server puts off (4xx) waits until the others are through, then comes again, `mail_attempts` times in all with the wait
    doubling from `mail_backoff_s`. Raises MailUnavailable when some are still put off, or as soon as the server cannot be reached:
    these stay pending, and sending again goes on with them.
    """
    if not rows:
        return
    left = list(rows)

    def round_of_mails() -> list[Row]:
        left[:] = post.round_of_mails(left)
        return left

    with open_sender(outside.settings) as sender, outside.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        post = _Post(outside, conn, sender, compose)
        put_off: list[Row] = Retrying(
            stop=stop_after_attempt(outside.settings.mail_attempts),
            wait=wait_exponential(multiplier=float(outside.settings.mail_backoff_s), max=LONGEST_WAIT_S),
            retry=retry_if_result(bool),
            retry_error_callback=_what_is_left,
        )(round_of_mails)
    if put_off:
        raise MailUnavailable(
            f"the mail server put off {len(put_off)} of {len(rows)} mails, the first to payer {put_off[0].payer_id}; "
            "run again later: they are pending, and nothing is sent twice"
        )


def _what_is_left(state: RetryCallState) -> object:
    assert state.outcome is not None
    return state.outcome.result()


__all__ = ["Recorded", "send_all"]
