"""Deciding about the drafts of a close on the command line: the same decisions as in the form, under the same rules."""

from dataclasses import replace

from billing.period import Period
from tasks.ledger import Run, Stopped, approved_by, begun_close, only_one
from tasks.outside import Outside
from tasks.review.asking import asks_of
from tasks.review.deciding import decide
from tasks.review.records import Answer, Decision
from tasks.review.shown import as_text, gone_back
from tasks.review.waking import wake_others


def asked_and_decided(outside: Outside, period: Period) -> str:
    """Who was asked about the close of a month, when, until when and where, and what was decided. Raises Stopped without a close."""
    return as_text(outside, _close(outside, period))


def decide_by_hand(outside: Outside, period: Period, answer: Answer) -> str:
    """Take the decision and let the Prefect run that waits go on; returns what was done.

    Raises Stopped when it does not count, which is kept with the reason, or when the month has no drafts; RunLocked while another
    process works on the close.
    """
    run = _close(outside, period)
    with only_one(outside.engine, run.name):
        made = decide(outside, run, replace(answer, ask_no=_asked(outside, run)))
    if not made.counts:
        raise Stopped(f"{run.name}: this does not count: {made.why_not}")
    woken = wake_others(outside, run)
    return f"{_done(outside, run, made)}{_goes_on(run, made, woken, is_approved=approved_by(outside.engine, run) is not None)}"


def _close(outside: Outside, period: Period) -> Run:
    return begun_close(outside.engine, period, f"; `billing close {period.first:%Y-%m}` makes its drafts")


def _asked(outside: Outside, run: Run) -> int | None:
    """The ask that is open, or the last one when its deadline passed; None when nobody is asked."""
    with outside.engine.connect() as conn:
        asks = asks_of(conn, run)
    return asks[-1].ask_no if asks and asks[-1].ended_how in (None, "expired") else None


def _done(outside: Outside, run: Run, made: Decision) -> str:
    if made.decision == "reject":
        return gone_back(run, made)
    if made.decision == "exclude":
        left_out = ", ".join(made.excluded)
        return f"{run.name}: {left_out} left out by {made.decided_by}; the drafts are made and asked about again without"
    who = approved_by(outside.engine, run)
    if who is None:
        return f"{run.name}: approved by {made.decided_by}; another person has to approve as well"
    return f"{run.name}: approved by {who}"


def _goes_on(run: Run, made: Decision, woken: int, *, is_approved: bool) -> str:
    if woken:
        return "; the Prefect run that waited goes on"
    if made.decision == "approve" and not is_approved:
        return ""
    return f"; `billing {run.name}` goes on"


__all__ = ["asked_and_decided", "decide_by_hand"]
