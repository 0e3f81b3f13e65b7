"""The outbox: mails that are recorded as `delivery` rows before any is sent, sent one by one, each settled right after its answer."""

import logging
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import ROUND_UP, Decimal
from typing import Generic, Literal, Protocol, TypeAlias, TypeVar

from sqlalchemy import Connection
from tenacity import RetryCallState, Retrying, retry_if_result, stop_after_attempt, wait_exponential

import sql
from tasks.ahead import ahead
from tasks.going_on import GoingOn
from tasks.mail import LONGEST_WAIT_S, Mail, MailUnavailable, Outcome, Sender, open_sender
from tasks.message import return_path, usable
from tasks.outside import Outside
from tasks.signing import Signer, open_signer

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
Compose: TypeAlias = Callable[[Row, tuple[str, ...]], Iterable[bytes]]
BYTES_PER_MB = 1_000_000
PATIENCE = 3  # mails in a row that cannot be written; then it is the store that is down


@dataclass(frozen=True, slots=True)
class _Ready(Generic[Row]):
    """A mail as it goes; `beside` names addresses that cannot be used. None to send when there is no other, or ("too large") none fits."""

    row: Row
    mail: Mail | None
    beside: str
    too_large: str = ""


@dataclass(frozen=True, slots=True)
class _Answer:
    """What the server said about one address, as `delivery_recipient` keeps it."""

    address: str
    state: Literal["accepted", "refused"]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """An address that has a mail already, which is not settled since others of its addresses were put off."""

    delivery_id: int
    address: str


@dataclass(frozen=True, slots=True)
class _Post(Generic[Row]):
    outside: Outside
    conn: Connection
    sender: Sender
    signer: Signer | None
    compose: Compose[Row]
    taken: dict[int, set[str]]
    later: dict[int, Mapping[str, str]] = field(default_factory=dict)
    writing: GoingOn = field(default_factory=lambda: GoingOn(PATIENCE))

    def round_of_mails(self, rows: Sequence[Row]) -> list[Row]:
        """Send each once; the next is composed while one is on its way. Returns those put off."""
        with ahead(self._composed(rows)) as ready:
            return [each.row for each in ready if self._send(each)]

    def give_up_some(self, rows: Sequence[Row]) -> list[Row]:
        """Settle as sent what at least one address took: the others count as refused. Returns what nobody took, which stays pending."""
        nowhere = []
        for row in rows:
            if self.taken.get(row.delivery_id):
                last = self.later.get(row.delivery_id, {})
                note = "refused: " + "; ".join(f"{address}: {said}" for address, said in sorted(last.items()))
                self._settle(row, Outcome("sent", note, 0), "", [_Answer(address, "refused", said) for address, said in last.items()])
            else:
                nowhere.append(row)
        return nowhere

    def _composed(self, rows: Sequence[Row]) -> Generator[_Ready[Row], None, None]:
        for row in rows:
            ready = None
            with self.writing.past():  # a document that is lost or spoiled holds back its own mail alone
                ready = self._ready(row)
            if ready is not None:
                yield ready

    def _ready(self, row: Row) -> _Ready[Row]:
        good, bad = usable(row.recipients.split(";"))
        beside = f"not usable: {', '.join(bad)}" if bad else ""
        content, size = self._that_fits(row, good) if good else (None, 0)
        if content is None:
            return _Ready(row, None, beside, _too_large(size, self.outside.settings.mail_mb_at_most) if size else "")
        # Who has it already gets no second one; the headers name all, so the bytes are the same.
        left = tuple(address for address in good if address not in self.taken.get(row.delivery_id, ()))
        return _Ready(row, Mail(row.message_id, return_path(self.outside.settings, row.delivery_id), left, content), beside)

    def _that_fits(self, row: Row, recipients: tuple[str, ...]) -> tuple[bytes | None, int]:
        """The first of the ways the mail can be written that is not too large, signed; or none, and the size of the last, in bytes."""
        size, limit = 0, self.outside.settings.mail_mb_at_most * BYTES_PER_MB
        for written in self.compose(row, recipients):
            content = self.signer.signed(written) if self.signer else written
            size = len(content)
            if size <= limit:
                return content, size
        return None, size

    def _send(self, ready: _Ready[Row]) -> bool:
        """Send and settle one mail; whether it was put off. Raises MailUnavailable, noted on the row, which stays pending."""
        if ready.mail is None:
            none = ready.too_large or f"{ready.beside or f'payer {ready.row.payer_id} has no mail address'}; give it one in parties.csv"
            self._settle(ready.row, Outcome("rejected", none, tries=0), "", [])
            return False
        if not ready.mail.recipients:  # all have it, and the note of that was lost
            self._settle(ready.row, Outcome("sent", tries=0), ready.beside, [])
            return False
        try:
            outcome = self.sender.send(ready.mail)
        except MailUnavailable as stopped:
            self._settle(ready.row, Outcome("put_off", str(stopped), self.outside.settings.mail_attempts), ready.beside, [])
            raise
        if outcome.later:
            self.later[ready.row.delivery_id] = outcome.later
        answers = _answers(ready.mail, outcome)
        if outcome.state == "sent":
            self.taken.setdefault(ready.row.delivery_id, set()).update(one.address for one in answers if one.state == "accepted")
            outcome = replace(outcome, state="put_off") if outcome.later else outcome
        elif outcome.state == "rejected" and self.taken.get(ready.row.delivery_id):
            outcome = replace(outcome, state="sent")
        self._settle(ready.row, outcome, ready.beside, answers)
        return outcome.state == "put_off"

    def _settle(self, row: Row, outcome: Outcome, beside: str, answers: Sequence[_Answer]) -> None:
        """Committed at once: the connection is in autocommit, so that a mail costs one round trip and not three."""
        state = {"sent": "sent", "rejected": "failed", "put_off": "pending"}[outcome.state]
        sql.run(
            self.conn, "delivery/settle_mail",
            delivery_id=row.delivery_id, state=state, tries=outcome.tries, note="; ".join(filter(None, (beside, outcome.note))),
            addresses=[one.address for one in answers], states=[one.state for one in answers], notes=[one.note for one in answers],
        )  # fmt: skip
        if state == "failed":
            log.warning("the mail %s to payer %s could not be delivered; its delivery row says why", row.message_id, row.payer_id)


def send_all(outside: Outside, rows: Sequence[Row], compose: Compose[Row]) -> None:
    """Send the mails in order; `compose` gives the ways one can be written, from its row and usable addresses, the fullest first.

    The first that is not larger than `mail_mb_at_most` goes, signed as the settings say. What the server puts off (4xx), the whole mail
    or one address of it, waits until the others are through, then comes again, `mail_attempts` times in all with the wait doubling from
    `mail_backoff_s`; a mail that one address took by then is sent. Raises UnsignableError before anything is sent, MailUnavailable when
    some are still put off, or as soon as the server cannot be reached: these stay pending, and sending again goes on with them.
    What `compose` raises for a mail (Stopped, StoreFailed) is raised once the others are through, or when it does so three in a row.
    """
    if not rows:
        return
    left = list(rows)
    signer = open_signer(outside.settings)

    def round_of_mails() -> list[Row]:
        left[:] = post.round_of_mails(left)
        return left

    with open_sender(outside.settings) as sender, outside.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        post = _Post(outside, conn, sender, signer, compose, _taken(conn, rows))
        put_off: list[Row] = Retrying(
            stop=stop_after_attempt(outside.settings.mail_attempts),
            wait=wait_exponential(multiplier=float(outside.settings.mail_backoff_s), max=LONGEST_WAIT_S),
            retry=retry_if_result(bool),
            retry_error_callback=_what_is_left,
        )(round_of_mails)
        nowhere = post.give_up_some(put_off)
    if nowhere:
        raise MailUnavailable(
            f"the mail server put off {len(nowhere)} of {len(rows)} mails, the first to payer {nowhere[0].payer_id}; "
            "run again later: they are pending, and nothing is sent twice"
        )
    post.writing.end()


def _answers(mail: Mail, outcome: Outcome) -> list[_Answer]:
    """What the server said about each address, as far as it is settled."""
    refused = [_Answer(address, "refused", said) for address, said in outcome.refused.items()]
    if outcome.state != "sent":
        return refused
    taken = [address for address in mail.recipients if address not in outcome.refused and address not in outcome.later]
    return refused + [_Answer(address, "accepted") for address in taken]


def _taken(conn: Connection, rows: Sequence[Row]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    for one in sql.rows(conn, Taken, "delivery/taken", delivery_ids=[row.delivery_id for row in rows]):
        found.setdefault(one.delivery_id, set()).add(one.address)
    return found


def _too_large(size: int, limit: Decimal) -> str:
    megabytes = (Decimal(size) / BYTES_PER_MB).quantize(Decimal("0.1"), ROUND_UP)
    return f"the mail has {megabytes} MB, more than mail_mb_at_most ({limit}); raise that, or set portal_url so that it can go with a link"


def _what_is_left(state: RetryCallState) -> object:
    assert state.outcome is not None
    return state.outcome.result()


__all__ = ["Compose", "Recorded", "Taken", "send_all"]
