"""A day of dunning as a person reads it: its letters, late charges and suspensions, and who cannot be reached."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from billing.money import ZERO
from tasks.dunning.deciding import Decision
from tasks.dunning.unreachable import Unreachable


@dataclass(frozen=True, slots=True)
class LetterGiven:
    """A letter of a day and how it went: `state` is preview, pending, sent, failed or came back, `reason` why it did not arrive. EUR.

    `path` is that of its PDF in the store, "" for a preview.
    """

    payer_id: str
    segment: str
    policy: str
    level: int
    open_amount: Decimal
    fee: Decimal
    recovery_cost: Decimal
    invoices: list[str]
    channel: str
    state: str
    reason: str = ""
    path: str = ""

    def __str__(self) -> str:
        costs = "".join(f", {name} {cost} EUR" for name, cost in (("fee", self.fee), ("recovery costs", self.recovery_cost)) if cost)
        why = f": {self.reason}" if self.reason else ""
        return f"{self.payer_id}: level {self.level}, {self.open_amount} EUR on {', '.join(self.invoices)}{costs}, {self.state}{why}"


@dataclass(frozen=True, slots=True)
class DunningReceipt:
    """What a day did, or with `preview` would do: its letters by payer, `newly_sent` of them by this very run, and who is not reached.

    `charges` and `orders` say the late charges of the month and the suspensions, a line each, `waiting` those of them that wait for
    finance; `late_claims` the disputes that came too late, a line each; `on_word` who said that the reminders go although the bank
    statements are not up to date.
    """

    on: date
    preview: bool
    notices: tuple[LetterGiven, ...]
    newly_sent: int = 0
    charges: tuple[str, ...] = ()
    orders: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()
    unreachable: tuple[Unreachable, ...] = ()
    on_word: str = ""
    late_claims: tuple[str, ...] = ()

    @property
    def figures(self) -> dict[str, int | str]:
        """Name → number or amount in EUR, for a table."""
        levels = sorted({notice.level for notice in self.notices})
        counts: dict[str, int | str] = {f"level {level}": sum(each.level == level for each in self.notices) for level in levels}
        return {
            "letters": len(self.notices),
            **counts,
            "asked for": f"{sum((each.open_amount for each in self.notices), ZERO)}",
            "newly sent": self.newly_sent,
            "failed": sum(each.state == "failed" for each in self.notices),
            "cannot be reached": len({each.payer_id for each in self.unreachable}),
        }

    def __str__(self) -> str:
        what = "would be sent" if self.preview else f"of the day, {self.newly_sent} newly sent"
        count = f"{len(self.notices)} letter{'' if len(self.notices) == 1 else 's'}"
        word = [f"although bank statements are missing, on the word of {self.on_word}"] if self.on_word else []
        lines = [*word, *self.charges, *map(str, self.notices), *self.orders, *map(str, self.unreachable), *self.late_claims]
        return "\n".join([f"dunning {self.on}: {count} {what}", *(f"  {line}" for line in lines)])


def previewed(decisions: Sequence[Decision]) -> tuple[LetterGiven, ...]:
    """Returns letters that were decided and not recorded."""
    return tuple(
        LetterGiven(
            payer_id=each.payer_id,
            segment=each.debtor.segment,
            policy=each.debtor.policy.name,
            level=each.notice.level,
            open_amount=each.notice.open_amount,
            fee=each.notice.fee,
            recovery_cost=each.notice.recovery_cost,
            invoices=[listed.number for listed in each.listed],
            channel=each.debtor.reach.channel,
            state="preview",
        )
        for each in decisions
        if each.debtor.reach.usable
    )


__all__ = ["DunningReceipt", "LetterGiven", "previewed"]
