"""A decision about the drafts killed at any of its statements: it is taken wholly or not at all, and the next attempt ends the same."""

import os
import signal
from typing import Any

import pytest

from tasks.ledger import approved_by
from tasks.review import Answer
from tests.faults.elsewhere import SERVER, done_elsewhere
from tests.faults.killed_decision import DIED_NOT, take
from tests.steps.review_scene import Waiting, drafted, waiting

__all__ = ["drafted", "waiting"]

SERVER.set_forkserver_preload(["tests.faults.killed_decision"])
ANSWERS = {
    "approve": Answer("approve", "Ann", channel="form", ask_no=1),
    "reject": Answer("reject", "Ann", "a SIP channel costs 11.00", channel="form", ask_no=1),
    "exclude": Answer("exclude", "Ann", "in dispute", ("CL-SIP", "CL-LUX"), channel="form", ask_no=1),
}


def attempt(answer: Answer, kill_at: int) -> int:
    """Take the answer in another process; returns its exit code, negative for the signal that ended it."""
    settings = {name: value for name, value in os.environ.items() if name.startswith("BILLING_")}
    return done_elsewhere(take, settings, answer, kill_at, patience_s=120)


def standing(close: Waiting) -> tuple[Any, ...]:
    """What the decision changes, without moments."""
    decided = [(one.decision, one.decided_by, one.counts, list(one.excluded), one.withdrawn_at is None) for one in close.decisions()]
    left_out = close.say("select payer_id, excluded_by, reason from payer_exclusion order by 1")
    asked = [(ask.ask_no, ask.ended_how) for ask in close.asks()]
    return decided, left_out, asked, sorted(close.accepted()), approved_by(close.engine, close.run), sorted(close.nets())


@pytest.mark.parametrize("decision", list(ANSWERS))
def test_a_decision_killed_before_any_of_its_statements_changes_nothing_and_is_taken_by_the_next_attempt(
    waiting: Waiting, decision: str
) -> None:
    waiting.ask()
    before = standing(waiting)
    died = 0
    while attempt(ANSWERS[decision], died + 1) == -signal.SIGKILL:
        died += 1
        assert standing(waiting) == before, f"killed before statement {died}"
    assert died > 5
    taken = standing(waiting)
    assert taken != before
    assert [one.counts for one in waiting.decisions()] == [True]


@pytest.mark.parametrize("decision", list(ANSWERS))
def test_a_decision_killed_once_it_is_kept_is_the_same_when_it_is_read_again(waiting: Waiting, decision: str) -> None:
    waiting.ask()
    assert attempt(ANSWERS[decision], 0) == -signal.SIGKILL
    taken = standing(waiting)
    assert attempt(ANSWERS[decision], 999) == DIED_NOT
    assert standing(waiting) == taken
    assert len(waiting.decisions()) == 1
