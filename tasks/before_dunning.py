"""What is looked at before anybody is reminded: how far the statements have to reach, on whose word not, and what may wait unread."""

import hashlib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import Engine

import sql
from reports.gate_page import Example
from tasks.bank.worklist import WorklistRow, worklist
from tasks.collecting import under_collection
from tasks.holidays import belgian_working_days
from tasks.ledger import Stopped
from tasks.outside import Outside
from tasks.payments import late_invoices_on, open_invoices_on
from tasks.settings import Settings


@dataclass(frozen=True, slots=True)
class OnAccount:
    """What a payer has on account, EUR, and the numbers of the movements it came with."""

    payer_id: str
    movements: str
    amount: Decimal


def statements_to(settings: Settings, on: date) -> date:
    """Returns the day that the statements of every account have to reach before reminders of a day are sent."""
    return belgian_working_days(on).before(on, settings.statement_working_days_at_most)


def go_without_statements(engine: Engine, on: date, by: str) -> None:
    """Record who lets the reminders of a day go although statements are missing. Raises Stopped when nobody says so."""
    if not by.strip():
        raise Stopped("reminders go without bank statements on somebody's word; give --by NAME")
    with engine.begin() as conn:
        sql.run(conn, "dunning/note_word", dunned_on=on, accepted_by=by.strip())


def waiting_for_a_person(outside: Outside, on: date) -> Mapping[str, tuple[Example, ...]]:
    """Returns, by check of the gate, what a person may look at first: disputes not read, money of late payers not set against invoices."""
    return {**disputes_unread(outside, on), **unmatched_of_late_payers(outside, on), **on_account_of_late_payers(outside, on)}


def disputes_unread(outside: Outside, on: date) -> Mapping[str, tuple[Example, ...]]:
    """Returns the files of disputes in the feed whose content is not the one imported last; none while nobody owes anything."""
    from tasks.feed.importing import LastRead  # with pandas, which takes its time: only when a gate runs
    from tasks.feed.reading import Feed, stem

    feed = Feed(outside.settings.feed)
    try:
        paths = [path for path in feed.paths() if stem(path) == "disputes"]
    except Stopped:  # there is no feed, so nothing is in it
        return {"dispute_unread": ()}
    with outside.engine.connect() as conn:
        imported = {row.path: row.sha256 for row in sql.rows(conn, LastRead, "feed/last_read")}
    unread = [path for path in paths if hashlib.sha256(feed.read(path)).hexdigest() != imported.get(path)]
    with outside.engine.connect() as conn:
        asked = bool(unread and open_invoices_on(conn, on))
    return {"dispute_unread": tuple({"file": path} for path in unread if asked)}


def unmatched_of_late_payers(outside: Outside, on: date) -> Mapping[str, tuple[Example, ...]]:
    """Returns the movements nobody placed whose first guesses are invoices that are late: the payer may have paid."""
    with outside.engine.connect() as conn:
        rows = worklist(conn)
        late = {each.number: each.payer_id for each in late_invoices_on(conn, on)} if rows else {}
    return {"unmatched_of_late_payer": tuple(_example(row, late) for row in rows if row.booked_on <= on and late.keys() & _guessed(row))}


def on_account_of_late_payers(outside: Outside, on: date) -> Mapping[str, tuple[Example, ...]]:
    """Returns the payers who have money on account and may be reminded: of what is overdue, not contested, and not being fetched."""
    overdue: dict[str, Decimal] = defaultdict(Decimal)
    with outside.engine.connect() as conn:
        being_fetched = under_collection(conn, outside.settings, on)
        for each in late_invoices_on(conn, on):
            if each.number not in being_fetched and each.open_amount > each.contested:
                overdue[each.payer_id] += each.open_amount - each.contested
        held = sql.rows(conn, OnAccount, "bank/on_account_of", payer_ids=sorted(overdue))
    return {
        "on_account_of_late_payer": tuple(
            {"payer": one.payer_id, "movements": one.movements, "on account": str(one.amount), "overdue": str(overdue[one.payer_id])}
            for one in held
        )
    }


def _example(row: WorklistRow, late: Mapping[str, str]) -> Example:
    payers = sorted({late[number] for number in late.keys() & _guessed(row)})
    movement = {"movement": str(row.movement), "booked on": str(row.booked_on), "unmatched": str(row.unmatched)}
    return {**movement, "may be of": ", ".join(payers)}


def _guessed(row: WorklistRow) -> set[str]:
    """The numbers of the invoices it may be for."""
    return {guess.partition(":")[0] for guess in row.suggestions.split("; ")}


__all__ = ["go_without_statements", "statements_to", "waiting_for_a_person"]
