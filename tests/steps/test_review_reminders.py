"""Reminders of a close that waits: after so many hours and again, once when the deadline has passed, and nobody twice."""

import mailbox
from datetime import UTC, datetime, timedelta

import pytest

from flows import review_reminders
from flows.notice import notice
from tasks.ledger import Stopped
from tasks.outside import Outside
from tasks.review.reminding import deadline_passed, remind
from tests.steps.review_scene import PREFECT_RUN, Waiting, drafted, waiting

__all__ = ["drafted", "waiting"]

ASKED = datetime(2026, 10, 28, 5, 0, tzinfo=UTC)  # 06:00 in Brussels, and winter time


def asked(close: Waiting, flow_run: str = "") -> None:
    """People were asked on 28 October at 06:00, and have 72 hours; they are reminded every 24."""
    close.setting(tell="finance@operator.example")
    close.ask(flow_run)
    close.say("update review_request set asked_at = :at, deadline = :at + interval '72 hours'", at=ASKED)


def after(hours: float) -> datetime:
    return ASKED + timedelta(hours=hours)


def told(close: Waiting) -> list[str]:
    return sorted(str(mail["Subject"]) for mail in mailbox.Maildir(close.folder / "mailbox"))


def text_of_last(close: Waiting) -> str:
    last = max(mailbox.Maildir(close.folder / "mailbox"), key=lambda mail: str(mail["Subject"]))
    part = next(part for part in last.walk() if part.get_content_type() == "text/plain")
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.decode()


def test_nothing_is_said_when_nothing_waits(waiting: Waiting) -> None:
    assert remind(waiting.outside, after(100)) == "nobody has to be reminded"
    assert told(waiting) == []


def test_people_are_reminded_after_24_hours_and_again_after_48(waiting: Waiting) -> None:
    asked(waiting)
    for hours in (1, 23):
        assert remind(waiting.outside, after(hours)) == "nobody has to be reminded"
    for hours in (24, 25, 47):
        remind(waiting.outside, after(hours))
    assert told(waiting) == ["close 2026-10: still waiting for approval"]
    remind(waiting.outside, after(48))
    assert told(waiting) == ["close 2026-10: still waiting for approval"] * 2


def test_a_reminder_says_what_waits_until_when_and_how_to_decide(waiting: Waiting) -> None:
    asked(waiting)
    waiting.setting(approvals_needed=2)
    waiting.decide("approve", "Ann")
    remind(waiting.outside, after(24))
    said = text_of_last(waiting)
    assert "7 invoices to 7 payers, EUR 747.55 net, EUR 897.96 with VAT wait for a decision until 2026-10-31 06:00 (Brussels)" in said
    assert "Ann approved already; another person has to as well." in said
    assert "billing review 2026-10 --approve --by NAME" in said


def test_a_reminder_of_a_form_leads_to_the_page_it_is_on(waiting: Waiting) -> None:
    asked(waiting, "0199a7a2-5f0e-7d7c-9a53-3f1f3a3b7c11")
    remind(waiting.outside, after(30))
    assert "/v2/runs/flow-run/0199a7a2-5f0e-7d7c-9a53-3f1f3a3b7c11" in text_of_last(waiting)


def test_the_same_hour_reminds_once_whatever_the_minute(waiting: Waiting) -> None:
    asked(waiting)
    waiting.setting(approval_reminder_hours=1)
    for minutes in (0, 1, 30, 59):
        remind(waiting.outside, after(2) + timedelta(minutes=minutes))
    assert len(told(waiting)) == 1


def test_that_the_deadline_has_passed_is_told_once_and_answers_no_longer_count(waiting: Waiting) -> None:
    asked(waiting)
    for hours in (72, 73, 96):
        remind(waiting.outside, after(hours))
    assert told(waiting) == ["close 2026-10: the deadline for approval has passed"]
    assert "were not decided about by 2026-10-31 06:00 (Brussels); answers from now on do not count" in text_of_last(waiting)
    made = waiting.decide("approve", ask_no=1, given_at=after(73))
    assert made.why_not == "the deadline was 2026-10-31 06:00; run the close again, it asks again"


def test_a_run_that_ended_at_its_deadline_is_told_of_in_one_mail_with_what_it_means(waiting: Waiting) -> None:
    asked(waiting, PREFECT_RUN)
    assert deadline_passed(waiting.outside, PREFECT_RUN, after(71)) == ""
    assert deadline_passed(waiting.outside, "0199a7a2-0000-7d7c-9a53-3f1f3a3b7c11", after(73)) == ""
    assert notice_of_the_end(waiting) == "notice of close 2026-10 to finance@operator.example: sent"
    assert notice_of_the_end(waiting) == "it is told already that the deadline has passed"  # the server may start it twice
    assert remind(waiting.outside, after(73)) == "nobody has to be reminded"
    assert told(waiting) == ["close 2026-10: the deadline for approval has passed"]


def notice_of_the_end(close: Waiting) -> str:
    """What the notice says that the server starts when it ends a run at its deadline, which is long ago here."""
    close.say("update review_request set deadline = now() - interval '1 second', asked_at = now() - interval '72 hours'")
    since = datetime.now(UTC).isoformat()
    return str(notice.fn("failed", "close 2026-10", PREFECT_RUN, "Failed", "The flow was paused and never resumed.", since))


def test_a_form_answered_in_time_counts_though_the_deadline_is_noted_before_a_worker_reads_it(waiting: Waiting) -> None:
    asked(waiting, "0199a7a2-5f0e-7d7c-9a53-3f1f3a3b7c11")
    remind(waiting.outside, after(73))
    late = waiting.decide("approve", "Bert", given_at=after(72.5), ask_no=1)
    assert late.why_not.startswith("the deadline was")
    assert waiting.decide("approve", channel="form", given_at=after(71), ask_no=1).counts
    assert waiting.approved_by() == "Ann"


def test_of_drafts_that_were_rejected_meanwhile_no_earlier_form_counts_though_the_new_ones_are_alike(waiting: Waiting) -> None:
    asked(waiting, "0199a7a2-5f0e-7d7c-9a53-3f1f3a3b7c11")
    remind(waiting.outside, after(73))
    waiting.ask()
    waiting.in_form("reject", "Bert", comment="one more look")
    waiting.close()
    read = waiting.decide("approve", channel="form", given_at=after(71), ask_no=1)
    assert read.why_not.startswith("Bert rejected the drafts meanwhile")


def test_nobody_is_reminded_of_what_is_decided(waiting: Waiting) -> None:
    asked(waiting)
    waiting.in_form("approve", given_at=after(2))
    assert remind(waiting.outside, after(30)) == "nobody has to be reminded"


def test_a_reminder_that_was_sent_and_not_noted_is_the_same_mail_when_it_is_sent_again(waiting: Waiting) -> None:
    asked(waiting)
    remind(waiting.outside, after(24))
    waiting.say("update review_request set reminded_at = null, reminders = 0")  # as a kill between the two leaves it
    remind(waiting.outside, after(24))
    ids = [str(mail["Message-ID"]) for mail in mailbox.Maildir(waiting.folder / "mailbox")]
    assert len(set(ids)) == 1


def test_runs_that_were_lost_or_wait_for_nothing_go_on_though_no_mail_can_be_sent(
    waiting: Waiting, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked(waiting)
    waiting.setting(smtp_url="smtp://127.0.0.1:1", mail_backoff_s="0.01")
    begun: list[Outside] = []
    monkeypatch.setattr(review_reminders, "_hour", lambda: after(24))
    for way in ("ask_again", "wake_all"):
        monkeypatch.setattr(review_reminders, way, begun.append)
    with pytest.raises(Stopped, match="nobody could be told of close 2026-10"):
        review_reminders.review_reminders.fn()
    assert len(begun) == 2
