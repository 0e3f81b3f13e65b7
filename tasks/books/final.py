"""`billing books`: the journal of a month is completed and made final, once, in the order of the months."""

import logging
from datetime import date

import sql
from billing.period import Period
from tasks import gates
from tasks.books.journal_files import write_files
from tasks.books.months import next_due, written
from tasks.books.traffic import Traffic, unbilled_traffic
from tasks.books.writing import LOCK, replace_and_look, write_later
from tasks.chart_of_accounts import chart_of
from tasks.ledger import Stopped, in_turn, only_one
from tasks.outside import Outside

log = logging.getLogger(__name__)


def make_final(outside: Outside, month: Period, on: date, *, by: str, publish: gates.Publish | None = None) -> str:
    """Complete the journal of a month with the traffic not billed yet, check it and make it final on a day; says what was done.

    A month that is final stays, its files are written again. Raises Stopped for a month that has not ended by the day, whose close is
    not issued, or before which another is open; RunLocked while another process does the same; GateStopped when the books do not tie.
    """
    from tasks.feed.importing import import_feed  # pandas takes a second to load, and the report step needs none

    with only_one(outside.engine, f"books {month}"):
        if done := _done(outside, month):
            return done
        _require_due(outside, month, on)
        import_feed(outside)
        traffic = unbilled_traffic(outside, month, chart_of(outside.settings))
        with in_turn(outside.engine, LOCK):
            replace_and_look(outside, month, traffic.income)
            gates.check_books(outside, month, publish)
            with outside.engine.begin() as conn:
                sql.run(conn, "books/make_final", month=month.first, on=on, by=by)
            entries = write_files(outside, month)
            write_later(outside, month, publish)
    said = f"the books of {month} are final: {entries} entries in {outside.out.url(f'{month}/journal.csv')}{_known_until(traffic, month)}"
    log.info("%s", said)
    return said


def _done(outside: Outside, month: Period) -> str:
    with outside.engine.connect() as conn:
        found = written(conn, month)
    if found is None or found.final_on is None:
        return ""
    write_files(outside, month)
    return f"the books of {month} were made final on {found.final_on} by {found.final_by}; nothing is changed, its files stand as they were"


def _known_until(traffic: Traffic, month: Period) -> str:
    """That the traffic of the last days of the month was not in the feed, when it was not."""
    if traffic.last_day == month.last:
        return ""
    known = f"the last unbilled traffic in the feed is of {traffic.last_day}" if traffic.last_day else "the feed has no unbilled traffic"
    return f"; {known}: what is delivered later of {month} is not accrued, the next close bills and books it"


def _require_due(outside: Outside, month: Period, on: date) -> None:
    if on < month.past:
        raise Stopped(f"{month} ends on {month.last}; its books can be made final from {month.past} on")
    with outside.engine.connect() as conn:
        due = next_due(conn)
        issued = sql.scalar(conn, "books/close_is_issued", month=month.first)
    if due is None or month < due:
        raise Stopped(f"there is nothing to book in {month}; the books begin with {due or 'the first invoice or bank statement'}")
    if due < month:
        raise Stopped(f"the books of {due} are open, and {month} comes after it; first `billing books {due}`")
    if not issued:
        raise Stopped(f"the close of {month} is not issued, so its invoices are missing; `billing close {month}` comes first")


__all__ = ["make_final"]
