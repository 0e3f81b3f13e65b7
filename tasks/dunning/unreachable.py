"""unreachable.csv: who cannot be reached with what he has to know, and what to do about it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

import sql
from tasks.csv_files import write_csv
from tasks.dunning.gathering import Debtor
from tasks.outside import Outside

FILE = "unreachable.csv"
ADVICE = "give the payer an address that works in parties.csv (billing_emails), or delivery = portal"


@dataclass(frozen=True, slots=True)
class DocumentUnreached:
    """An invoice, credit note or debit note that did not arrive, at addresses that are still those of its payer."""

    payer_id: str
    what: str
    tried_on: date
    recipients: str
    reason: str


@dataclass(frozen=True, slots=True)
class Unreachable:
    """A payer that something did not reach: `what` it was, when it was tried (None: there is no address to try), where, and why not."""

    payer_id: str
    what: str
    tried_on: date | None
    recipients: str
    reason: str
    advice: str = ADVICE

    def __str__(self) -> str:
        tried = f" of {self.tried_on}" if self.tried_on else ""
        return f"{self.payer_id} cannot be reached: {self.what}{tried}: {self.reason}; {self.advice}"


def unreachable(conn: Connection, debtors: Sequence[Debtor], on: date) -> tuple[Unreachable, ...]:
    """Returns who cannot be reached on a day, by payer: with a letter, for want of an address, or with a document of its account."""
    documents = [
        Unreachable(one.payer_id, one.what, one.tried_on, one.recipients, one.reason)
        for one in sql.rows(conn, DocumentUnreached, "dunning/invoices_unreached", day=on)
    ]
    return tuple(sorted([*_by_letter(debtors), *documents], key=lambda one: (one.payer_id, one.what)))


def write_unreachable(outside: Outside, found: Sequence[Unreachable]) -> None:
    """Write unreachable.csv, also when it is empty."""
    write_csv(outside.out, FILE, Unreachable, found)


def _by_letter(debtors: Iterable[Debtor]) -> Iterable[Unreachable]:
    for debtor in debtors:
        reach, last = debtor.reach, max(debtor.unreached, key=lambda each: each.tried_on, default=None)
        if not reach.usable:
            why = f"not usable: {reach.recipients}" if reach.recipients.strip(" ;") else "it has no mail address"
            yield Unreachable(debtor.payer.payer_id, "its letters", None, reach.recipients, why)
        elif last and last.recipients == reach.recipients and not any(each.sent_on > last.tried_on for each in debtor.state.sent):
            yield Unreachable(debtor.payer.payer_id, f"its letter of level {last.level}", last.tried_on, last.recipients, last.reason)


__all__ = ["Unreachable", "unreachable", "write_unreachable"]
