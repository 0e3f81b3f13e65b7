"""A close looked at before it is made: its drafts, its report and its PDFs, with nothing of it in the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import date

import sql
from billing.period import Period
from reports.close_records import Totals
from tasks.close_comparison import last_close
from tasks.feed.importing import import_feed
from tasks.ledger import Run, Stopped, close_of, is_accepted, only_one
from tasks.outcome import totals
from tasks.outside import Outside
from tasks.preview.closing import Previewed, done_again, done_aside
from tasks.preview.drawing import draw_drafts
from tasks.preview.files import put_in_place, set_apart, write_files


def preview_close(outside: Outside, period: Period, on: date | None = None, payers: Sequence[str] = ()) -> str:
    """Do the close of a month up to its drafts and write them with their report below `previews`; returns what came out, in a sentence.

    No number, no coverage and no pack is touched: it is done in a schema of its own. What is new in the feed is imported first, as every
    morning, unless a close is being worked on. With `payers` the drafts, the PDFs and the report are of those alone. What would stop a
    close does not stop a preview and is said first. Raises Stopped for a payer nobody knows and for what cannot be done, RunLocked while
    another preview works.
    """
    with only_one(outside.engine, "a preview"):
        begun = close_of(outside.engine, period)
        issued = begun if begun is not None and is_accepted(outside.engine, begun.run_id, "issue") else None
        notes = () if issued else _import_first(outside)
        _require_known(outside, payers)
        with set_apart(outside) as aside, _done(aside, period, on, issued) as found:
            if payers:
                _keep(found, payers)
            write_files(found.inside, found.run)
            said = _sentence(found, notes)
            folder = put_in_place(outside.out, found.run.folder)
        return f"{said}; report: {outside.out.url(f'{folder}/close_report.html')}"


def _done(aside: Outside, period: Period, on: date | None, issued: Run | None) -> AbstractContextManager[Previewed]:
    return done_aside(aside, period, on) if issued is None else done_again(aside, issued, on)


def _import_first(outside: Outside) -> tuple[str, ...]:
    with outside.engine.connect() as conn:
        if sql.scalar(conn, "preview/close_works"):
            return ("the feed was not imported, since a close is being worked on",)
    import_feed(outside)
    return ()


def _require_known(outside: Outside, payers: Sequence[str]) -> None:
    with outside.engine.connect() as conn:
        import_no = int(sql.scalar(conn, "runs/newest_import"))
        known = {str(row["payer_id"]) for row in sql.dicts(conn, "drafts/payers", import_no=import_no)}
    unknown = sorted(set(payers) - known)
    if unknown:
        is_none = "is no payer" if len(unknown) == 1 else "are no payers"
        raise Stopped(f"{', '.join(unknown)} {is_none}: no contract names them; give payer_id as contracts.csv has it")


def _keep(found: Previewed, payers: Sequence[str]) -> None:
    """Leave what is not of these payers out of the drafts, and of the months they are compared with."""
    with found.inside.engine.begin() as conn:
        sql.run(conn, "preview/keep_payers", run_id=found.run.run_id, import_no=found.run.import_no, payers=sorted(set(payers)))


def _sentence(found: Previewed, notes: Sequence[str]) -> str:
    run = found.run
    stops = f"a close would be stopped by the gate {', '.join(found.stopping)}; " if found.stopping else ""
    return "; ".join([f"preview {run.of}: {stops}{totals(found.inside, run)}{_against(found)}", *notes, *found.notes])


def _against(found: Previewed) -> str:
    """How much more or less than the last close, EUR without VAT."""
    with found.inside.engine.connect() as conn:
        last = last_close(conn, found.run)
        if last is None:
            return ""
        before = sql.one(conn, Totals, "report/totals", run_id=last.run_id)
        now = sql.one(conn, Totals, "report/totals", run_id=found.run.run_id)
    assert before is not None
    assert now is not None
    change = now.net - before.net
    return f", EUR {abs(change):,.2f} net {'less' if change < 0 else 'more'} than close {last.period:%Y-%m}"


__all__ = ["draw_drafts", "preview_close"]
