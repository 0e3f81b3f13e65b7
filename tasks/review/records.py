"""What is asked and decided about the drafts of a close, as rows of the ledger."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from billing.period import BRUSSELS

Choice = Literal["approve", "reject", "exclude"]
Channel = Literal["form", "command", "setting"]
EndedHow = Literal["answered", "expired", "replaced"]
DONE_TO_DRAFTS: dict[Choice, str] = {"approve": "approved", "reject": "rejected", "exclude": "left payers out of"}


@dataclass(frozen=True, slots=True)
class Ask:
    """One asking about the drafts of a run; moments in UTC, `ended_how` None while it is open."""

    run_id: int
    ask_no: int
    drafts_hash: str
    flow_run: str
    asked_at: datetime
    deadline: datetime
    reminded_at: datetime | None
    reminders: int
    ended_at: datetime | None
    ended_how: EndedHow | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """An ask that is open, with the close it is about and who approved its drafts so far."""

    run_id: int
    period: date
    run_on: date
    ask_no: int
    flow_run: str
    asked_at: datetime
    deadline: datetime
    reminded_at: datetime | None
    reminders: int
    approved: Sequence[str]

    @property
    def name(self) -> str:
        """The close as people call it: `close 2026-10`."""
        return f"close {self.period:%Y-%m}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person says to the drafts. `given_at` None = now; `ask_no` names the form that was answered, None without one."""

    decision: Choice
    by: str
    comment: str = ""
    payers: tuple[str, ...] = ()
    channel: Channel = "command"
    ask_no: int | None = None
    given_at: datetime | None = None
    has_read: bool = True


@dataclass(frozen=True, slots=True)
class Decision:
    """An answer as it is kept: it counts, or `why_not` says why it does not."""

    run_id: int
    decision_no: int
    ask_no: int | None
    decision: Choice
    decided_by: str
    comment: str
    excluded: Sequence[str]
    drafts_hash: str
    decided_at: datetime
    channel: Channel
    counts: bool
    why_not: str
    withdrawn_at: datetime | None

    @property
    def is_standing_approval(self) -> bool:
        """Whether it is an approval that counts, of drafts that were not made again since."""
        return self.decision == "approve" and self.counts and self.withdrawn_at is None

    def __str__(self) -> str:
        """`2026-10-29 10:12 rejected by Ann: the price of C7 is last year's`."""
        what = f"left out {', '.join(self.excluded)}" if self.decision == "exclude" else DONE_TO_DRAFTS[self.decision]
        said = f": {self.comment}" if self.comment else ""
        ending = f" (does not count: {self.why_not})" if self.why_not else " (withdrawn: made again since)" if self.withdrawn_at else ""
        return f"{moment(self.decided_at)} {what} by {self.decided_by}{said}{ending}"


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A payer left out of a close."""

    payer_id: str
    excluded_by: str
    reason: str

    @property
    def in_words(self) -> str:
        """`left out of this close by Ann: its contract is in dispute`."""
        return f"left out of this close by {self.excluded_by}" + (f": {self.reason}" if self.reason else "")


@dataclass(frozen=True, slots=True)
class Approval:
    """How far the approval of a run is."""

    approved_by: str | None
    approved_at: datetime | None
    issued: bool


def moment(at: datetime) -> str:
    """A moment as people in Brussels read it, to the minute."""
    return f"{at.astimezone(BRUSSELS):%Y-%m-%d %H:%M}"


def same_name(one: str, other: str) -> bool:
    """Whether two names are the same person's: case and blanks do not matter."""
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()
