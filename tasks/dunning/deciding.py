"""What each payer gets on a day: the rule, asked for everyone who is late."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from billing.dunning import Notice, next_notice
from tasks.dunning.gathering import Debtor, debtors
from tasks.holidays import belgian_working_days
from tasks.payments import OpenInvoiceOn
from tasks.settings import Settings


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to be done about a payer. `order_no` is the suspension a letter tells of, None for any other letter."""

    debtor: Debtor
    notice: Notice
    order_no: int | None = None

    @property
    def payer_id(self) -> str:
        """Whom it is about."""
        return self.notice.payer_id

    @property
    def listed(self) -> tuple[OpenInvoiceOn, ...]:
        """What it lists as the database has it, the anchor first."""
        return tuple(self.debtor.owed[each.number] for each in self.notice.invoices)


def decide(conn: Connection, settings: Settings, on: date) -> list[Decision]:
    """Returns what is due on a day, at most one thing a payer, by payer: letters and suspensions. Raises PolicyError."""
    working = belgian_working_days(on)
    decided = ((debtor, next_notice(debtor.state, debtor.policy, on, working)) for debtor in debtors(conn, settings, on))
    return [Decision(debtor, notice) for debtor, notice in decided if notice is not None]


def suspensions(decisions: Iterable[Decision]) -> list[Notice]:
    """Returns what of it is a suspension, as the rule says it."""
    return [each.notice for each in decisions if each.notice.action == "suspension"]


def letters(decisions: Iterable[Decision], untold: Mapping[str, int]) -> list[Decision]:
    """Returns what of it is written to a payer; `untold` are the suspensions that left and that no letter told of, by payer."""
    written = []
    for each in decisions:
        if each.notice.action == "letter":
            written.append(each)
        elif each.notice.action == "suspension" and each.payer_id in untold:
            written.append(Decision(each.debtor, each.notice, untold[each.payer_id]))
    return written


__all__ = ["Decision", "decide", "letters", "suspensions"]
