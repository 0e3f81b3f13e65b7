"""`billing review` and what `billing close --approve --by` and `billing status` say of a close that waits."""

import re

import pytest

from flows.command_line import main
from tests.steps.review_scene import Waiting, drafted, waiting

__all__ = ["drafted", "waiting"]


def billing(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Exit code, what was said, what was refused; moments left out."""
    code = main(list(arguments))
    said = capsys.readouterr()
    out, err = (re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d", "MOMENT", text).strip() for text in (said.out, said.err))
    return code, out, err


def test_without_a_choice_it_shows_who_was_asked_until_when_and_what_was_decided(
    waiting: Waiting, capsys: pytest.CaptureFixture[str]
) -> None:
    assert billing(capsys, "review", "2026-10") == (0, "nobody was asked about close 2026-10 yet", "")
    waiting.ask("0199a7a2-5f0e-7d7c-9a53-3f1f3a3b7c11")
    waiting.decide("exclude", payers=("CL-LUXX",))
    code, said, _ = billing(capsys, "review", "2026-10")
    assert code == 0
    assert said.splitlines() == [
        "asked 1, MOMENT: waits, deadline MOMENT, form on http://127.0.0.1:1/v2/runs/flow-run/0199a7a2-5f0e-7d7c-9a53-3f1f3a3b7c11",
        "MOMENT left out CL-LUXX by Ann (does not count: there is no draft for the payer CL-LUXX; did you mean CL-LUX?)",
    ]


def test_a_month_that_was_never_closed_says_how_to_begin(waiting: Waiting, capsys: pytest.CaptureFixture[str]) -> None:
    never = "billing: close 2026-12 was never begun; `billing close 2026-12` makes its drafts"
    assert billing(capsys, "review", "2026-12", "--approve", "--by", "Ann") == (1, "", never)
    assert billing(capsys, "review", "2026-12") == (1, "", never)


def test_a_decision_needs_a_name_and_only_one_choice(waiting: Waiting, capsys: pytest.CaptureFixture[str]) -> None:
    assert billing(capsys, "review", "2026-10", "--approve") == (2, "", "billing: review: say who decides, with --by NAME")
    for wrong in (["--reject", " "], ["--approve", "--reject", "no"]):
        with pytest.raises(SystemExit) as refused:
            main(["review", "2026-10", *wrong, "--by", "Ann"])
        assert refused.value.code == 2
    assert waiting.decisions() == []


def test_approved_on_the_command_line_the_close_goes_on(waiting: Waiting, capsys: pytest.CaptureFixture[str]) -> None:
    waiting.setting(approvals_needed=2)
    first = billing(capsys, "review", "2026-10", "--approve", "--by", "Ann")
    assert first == (0, "close 2026-10: approved by Ann; another person has to approve as well", "")
    same = billing(capsys, "review", "2026-10", "--approve", "--by", "ANN")
    assert same == (
        1,
        "",
        "billing: close 2026-10: this does not count: Ann approved these drafts already on MOMENT; another person has to",
    )
    second = billing(capsys, "review", "2026-10", "--approve", "--by", "Bert")
    assert second == (0, "close 2026-10: approved by Ann and Bert; `billing close 2026-10` goes on", "")


def test_rejected_and_left_out_on_the_command_line(waiting: Waiting, capsys: pytest.CaptureFixture[str]) -> None:
    code, said, _ = billing(capsys, "review", "2026-10", "--exclude", "CL-SIP,CL-LUX", "--by", "Ann", "--comment", "in dispute")
    assert (code, said) == (
        0, "close 2026-10: CL-SIP, CL-LUX left out by Ann; the drafts are made and asked about again without; `billing close 2026-10` goes on",
    )  # fmt: skip
    none = "billing: close 2026-10 has no drafts to decide about; `billing close 2026-10` makes them"
    assert billing(capsys, "review", "2026-10", "--reject", "wrong", "--by", "Ann") == (1, "", none)


def test_a_close_that_waits_shows_its_deadline_in_the_status_and_is_asked_about_on_the_command_line(
    waiting: Waiting, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said, _ = billing(capsys, "close", "2026-10")
    assert code == 0
    assert said.endswith("; people were asked on MOMENT and have until MOMENT")
    _, status, _ = billing(capsys, "status")
    assert "close 2026-10 (on 2026-10-28): waits for approval until MOMENT; 0 issued, 7 drafts" in status


def test_a_decision_while_a_process_works_on_the_close_is_refused(waiting: Waiting, capsys: pytest.CaptureFixture[str]) -> None:
    from tasks.ledger import only_one

    with only_one(waiting.engine, "close 2026-10"):
        code, _, refused = billing(capsys, "review", "2026-10", "--approve", "--by", "Ann")
    assert (code, "is being worked on by another process" in refused) == (1, True)
    assert waiting.decisions() == []
