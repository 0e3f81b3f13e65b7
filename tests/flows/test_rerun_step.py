"""A step of a close done again on request: before the issue with all that follows, after it only what changes no invoice."""

import hashlib
import mailbox
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from flows.command_line import main
from flows.monthly_close import monthly_close
from flows.rerun_step import StepAgain, rerun_step
from tasks.ledger import RunLocked, Stopped, only_one
from tests.world import EXPECTED_NET, world

OCTOBER = "2026-10"


def close(*, approve: bool) -> str:
    return str(monthly_close.fn(period=OCTOBER, approve=approve))


def again(step: StepAgain, period: str = OCTOBER) -> str:
    return str(rerun_step.fn(period=period, step=step))


def drafted(database: Engine, payer: str) -> str:
    with database.connect() as conn:
        return str(conn.execute(text("select net from invoice where payer_id = :payer"), {"payer": payer}).scalar_one())


def everything_written(folder: Path) -> dict[str, str]:
    """The hash of each file that left or is read by others; Data Docs and Parquet carry the moment they were made."""
    kept = [path for path in sorted(folder.rglob("*")) if path.suffix in (".pdf", ".xml", ".csv")]
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in kept}


def mails(here: Path) -> int:
    return len(mailbox.Maildir(here / "mailbox"))


@pytest.fixture
def drafts(here: Path) -> Path:
    world().write(here / "feed")
    assert "waiting for approval" in close(approve=False)
    return here


@pytest.fixture
def issued(here: Path) -> Path:
    world().write(here / "feed")
    close(approve=True)
    return here


def test_before_the_issue_a_step_is_done_again_with_what_is_new_in_the_feed_and_people_are_asked_again(
    drafts: Path, database: Engine
) -> None:
    assert drafted(database, "CL-START") == EXPECTED_NET["CL-START"]
    corrected = world()
    corrected.row("order_lines", "L-START-USER")["quantity"] = "3"  # 31.00 more: nine days of October at 9.00, all of November at 31.00
    corrected.write(drafts / "feed")
    assert "waiting for approval of 7 invoices" in again("recurring")
    assert Decimal(drafted(database, "CL-START")) == Decimal(EXPECTED_NET["CL-START"]) + 40


def test_the_date_a_close_was_begun_for_is_kept(here: Path, database: Engine) -> None:
    world().write(here / "feed")
    monthly_close.fn(period=OCTOBER, on=date(2026, 10, 29))
    again("drafts")
    with database.connect() as conn:
        assert conn.execute(text("select run_on from run")).scalar_one() == date(2026, 10, 29)


def test_an_approval_given_before_is_withdrawn(drafts: Path, database: Engine) -> None:
    with database.begin() as conn:
        conn.execute(text("update run set approved_by = 'Ada', approved_at = now()"))
    assert "waiting for approval" in again("drafts")
    with database.connect() as conn:
        assert conn.execute(text("select approved_by from run")).scalar_one() is None


def test_once_issued_what_was_charged_stays_and_the_answer_names_the_credit_note(issued: Path) -> None:
    before = everything_written(issued / "out")
    for step in ("snapshot", "rating", "recurring", "drafts"):
        with pytest.raises(Stopped, match=f"close 2026-10: its invoices are issued, so {step} stays as it is.*credit note"):
            again(step)
    assert everything_written(issued / "out") == before


def test_once_issued_a_step_is_repeated_with_the_same_bytes_and_no_mail_twice(issued: Path) -> None:
    before, sent = everything_written(issued / "out"), mails(issued)
    for step in ("documents", "delivery", "report"):
        assert again(step).startswith(f"close 2026-10: {step} done again; its 7 invoices to 7 payers")
    assert everything_written(issued / "out") == before
    assert mails(issued) == sent


def test_a_lost_and_a_changed_document_are_put_back_as_they_were_drawn(issued: Path) -> None:
    before = everything_written(issued / "out")
    (issued / "out/2026-10/invoices/2026-000001.pdf").unlink()
    (issued / "out/2026-10/invoices/2026-000002.xml").write_text("something else", encoding="utf-8")
    again("documents")
    assert everything_written(issued / "out") == before


def test_documents_that_would_look_otherwise_now_stop_it_and_nothing_is_written_over(issued: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = everything_written(issued / "out")
    monkeypatch.setenv("BILLING_SELLER_NAME", "Another Telephony SRL")
    with pytest.raises(Stopped, match=r"documents do not come out as they were drawn .*nothing is written over it\.$"):
        again("documents")
    assert everything_written(issued / "out") == before


def test_what_would_look_otherwise_and_is_lost_comes_back_from_the_archive(issued: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = everything_written(issued / "out")
    (issued / "out/2026-10/invoices/2026-000001.pdf").unlink()
    monkeypatch.setenv("BILLING_SELLER_NAME", "Another Telephony SRL")
    with pytest.raises(Stopped, match="do not come out as they were drawn"):
        again("documents")
    assert everything_written(issued / "out") == before


def test_what_is_lost_everywhere_is_named(issued: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (issued / "out/2026-10/invoices/2026-000001.pdf").unlink()
    monkeypatch.setenv("BILLING_ARCHIVE", str(issued / "an archive without it"))
    monkeypatch.setenv("BILLING_SELLER_NAME", "Another Telephony SRL")
    with pytest.raises(Stopped, match=r"1 of them are neither in the store nor in the archive \(2026-10/invoices/2026-000001.pdf\)"):
        again("documents")


@pytest.mark.parametrize("step", ["rating", "documents"])
def test_a_month_that_was_never_begun_has_no_step_to_do_again(here: Path, step: StepAgain) -> None:
    with pytest.raises(Stopped, match="close 2026-11 was never begun, so there is no step of it to do again; start it with monthly-close"):
        again(step, "2026-11")


def test_a_step_the_close_has_not_come_to_is_said_to_be_so(drafts: Path) -> None:
    for step in ("documents", "delivery", "report"):
        with pytest.raises(Stopped, match=f"close 2026-10 has not come to {step} yet.*start monthly-close for 2026-10"):
            again(step)


def test_a_close_that_another_process_works_on_is_left_alone(drafts: Path, database: Engine) -> None:
    with only_one(database, "close 2026-10"), pytest.raises(RunLocked, match="close 2026-10 is being worked on by another process"):
        again("drafts")
    close(approve=True)
    with only_one(database, "close 2026-10"), pytest.raises(RunLocked, match="close 2026-10 is being worked on by another process"):
        again("report")


def test_the_command_line_does_a_step_again_too(issued: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rerun", OCTOBER, "documents"]) == 0
    assert capsys.readouterr().out.startswith("close 2026-10: documents done again; its 7 invoices")
    assert main(["rerun", OCTOBER, "rating"]) == 1
    assert "rating stays as it is" in capsys.readouterr().err
