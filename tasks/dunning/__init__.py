"""Dunning on a day: late charges, suspensions and letters, decided by the policy of each payer, recorded, checked and then sent.

What an earlier run recorded and did not send is withdrawn first and decided anew, since a payment may have come in between. Nothing
changed, it is the same letter with the same Message-ID; so a run may be ended anywhere and run again.
"""

from collections.abc import Callable, Sequence
from datetime import date

import sql
from billing.dunning import PolicyError
from tasks import suspension
from tasks.archive import archive_letters
from tasks.disputes import late_lines
from tasks.dunning.composing import beside, letter_record
from tasks.dunning.deciding import decide, letters, suspensions
from tasks.dunning.gathering import debtors
from tasks.dunning.preview import preview_day
from tasks.dunning.receipt import DunningReceipt, LetterGiven
from tasks.dunning.recording import Letter, record, withdraw
from tasks.dunning.sending import draw, send
from tasks.dunning.unreachable import unreachable, write_unreachable
from tasks.ledger import Stopped, only_one
from tasks.outside import Outside

Step = Callable[[Outside, date], object]


def run_dunning(
    outside: Outside,
    on: date,
    preview: bool = False,
    check_before: Step | None = None,
    check: Step | None = None,
    charge: Step | None = None,
) -> DunningReceipt:
    """Do all that is due on a day; `preview` says what that is, and writes and sends nothing.

    `check_before(outside, on)` is the gate before anything is decided, `check` the one between recording and sending; when one raises,
    nothing is sent. `charge(outside, on)` does the late charges of the month when they are due, and returns what they came to.
    Raises Stopped for a policy that cannot be used or a day before the last one done, RunLocked when another process is at it,
    MailUnavailable when the mail server is down.
    """
    try:
        if preview:
            _no_earlier_day(outside, on)
            return preview_day(outside, on)
        return _do(outside, on, check_before, check, charge)
    except PolicyError as error:
        raise Stopped(str(error)) from error


def _do(outside: Outside, on: date, check_before: Step | None, check: Step | None, charge: Step | None) -> DunningReceipt:
    with only_one(outside.engine, "dunning"):
        if check_before is not None:
            check_before(outside, on)
        _no_earlier_day(outside, on)
        withdraw(outside)
        charged = charge(outside, on) if charge is not None else None
        told = _order(outside, on)
        recorded = _record(outside, on)
        if check is not None:
            check(outside, on)
        _send(outside, recorded)
        archive_letters(outside)
        return _receipt(outside, on, recorded, charged, told)


def _no_earlier_day(outside: Outside, on: date) -> None:
    """Raise Stopped for a day before the last one that left something: as of then a service in arrears would look paid and be restored."""
    with outside.engine.connect() as conn:
        last: date | None = sql.scalar(conn, "dunning/last_day")
    if last is not None and on < last:
        raise Stopped(f"dunning was done on {last}, so it is not done for {on} any more; dun for {last} or later")


def _order(outside: Outside, on: date) -> Sequence[str]:
    """Decide on suspensions and let those that are approved leave; returns what a person should know of that."""
    with outside.engine.begin() as conn:
        suspension.review(conn, suspensions(decide(conn, outside.settings, on)), on, outside.settings)
    return suspension.send(outside, on).told


def _record(outside: Outside, on: date) -> list[Letter]:
    """Decide on letters with what happened while the platform answered, and record them: one tells of a suspension once it has left."""
    with outside.engine.begin() as conn:
        return record(conn, outside.settings, letters(decide(conn, outside.settings, on), suspension.untold(conn)))


def _send(outside: Outside, recorded: Sequence[Letter]) -> None:
    with outside.engine.connect() as conn:
        said = beside(conn, outside.settings, [letter.decision for letter in recorded])
    send(outside, draw(outside, {letter: letter_record(outside.settings, letter.decision, said) for letter in recorded}))


def _receipt(outside: Outside, on: date, recorded: Sequence[Letter], charged: object, told: Sequence[str]) -> DunningReceipt:
    with outside.engine.connect() as conn:
        notices = tuple(sql.rows(conn, LetterGiven, "dunning/of_day", noticed_on=on))
        orders = suspension.orders_of(conn, on)
        not_reached = unreachable(conn, debtors(conn, outside.settings, on), on)
        word = str(sql.scalar(conn, "dunning/on_word", day=on) or "")
        late = late_lines(conn, on)
    write_unreachable(outside, not_reached)
    tried = {letter.payer_id for letter in recorded}
    return DunningReceipt(
        on,
        preview=False,
        notices=notices,
        newly_sent=sum(notice.payer_id in tried and notice.state == "sent" for notice in notices),
        charges=(str(charged),) if charged else (),
        orders=(*(order.without_names for order in orders), *told),
        waiting=tuple(order.without_names for order in orders if order.row.state == "proposed"),
        unreachable=not_reached,
        on_word=word,
        late_claims=late,
    )


__all__ = ["DunningReceipt", "LetterGiven", "run_dunning"]
