"""The command `billing`: what it does, what it says, and its exit code."""

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from flows.command_line import main
from tests.world import EXPECTED_NET, world


@pytest.fixture
def here(database: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a feed and a billing.toml, as an operator has it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "billing.toml").write_text(
        f'database_url = "{database.url.render_as_string(hide_password=False)}"\nsmtp_url = "maildir:mailbox"\nworkers = 1\n'
    )
    world().write(tmp_path / "feed")
    return tmp_path


def said(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().out


def refused(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().err


def test_a_close_waits_for_approval_and_goes_on_with_it(here: Path, database: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["close", "2026-10"]) == 0
    assert "waiting for approval" in said(capsys)
    with database.connect() as conn:
        assert conn.execute(text("select count(*), count(number) from invoice")).one() == (len(EXPECTED_NET), 0)
    assert main(["status"]) == 0
    assert "close 2026-10 (on 2026-10-28): waits for approval until 20" in said(capsys)
    assert main(["close", "2026-10", "--on", "2026-10-28", "--approve"]) == 0
    assert "7 invoices" in said(capsys)
    assert main(["status"]) == 0
    assert "close 2026-10 (on 2026-10-28): closed; 7 issued" in said(capsys)
    assert (here / "out" / "2026-10" / "invoices.csv").exists()


def test_a_close_stopped_by_a_gate_ends_with_one_and_says_why_on_one_screen(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    small = world()
    small.tables["prices"] = [row for row in small.tables["prices"] if row["product"] != "sip-channel"]
    small.write(here / "feed")
    assert main(["close", "2026-10", "--approve"]) == 1
    reason = refused(capsys)
    assert "L-SIP-CHANNEL" in reason
    assert "GC-5.1" in reason
    assert len(reason.splitlines()) <= 40


def test_a_close_begun_for_one_day_is_not_continued_for_another(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["close", "2026-10"]) == 0
    assert main(["close", "2026-10", "--on", "2026-10-29"]) == 1
    assert "run it again with --on 2026-10-28" in refused(capsys)


def test_a_month_is_not_closed_before_it_begins(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["close", "2026-11", "--on", "2026-10-28"]) == 1
    assert "2026-10-28 lies before 2026-11" in refused(capsys)


def test_one_close_at_a_time_a_begun_one_is_finished_first(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["close", "2026-10"]) == 0
    assert main(["close", "2026-11", "--approve"]) == 1
    assert "close 2026-10 was begun and its invoices are not issued" in refused(capsys)
    assert main(["close", "2026-10", "--approve"]) == 0
    assert main(["close", "2026-11", "--approve"]) == 0


def test_a_close_begun_for_the_wrong_month_is_set_aside_and_takes_nothing_with_it(
    here: Path, database: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["close", "2026-11"]) == 0  # meant October
    assert main(["close", "2026-10", "--approve"]) == 1
    assert "`billing close 2026-11 --abandon`" in refused(capsys)
    assert main(["close", "2026-11", "--abandon"]) == 0
    assert main(["close", "2026-10", "--approve"]) == 0
    rows = [line.split(",") for line in (here / "out/2026-10/invoices.csv").read_text().splitlines()[1:]]
    assert {row[2]: row[5] for row in rows} == EXPECTED_NET
    assert main(["close", "2026-10", "--abandon"]) == 1
    assert "correct with credit notes" in refused(capsys)
    assert main(["close", "2026-09", "--abandon"]) == 1
    assert "never begun" in refused(capsys)


def test_steps_are_done_again_before_the_issue_and_never_after(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["close", "2026-10"]) == 0
    small = world()
    small.row("order_lines", "L-START-USER")["unit_price"] = "62.00"
    small.write(here / "feed")
    assert main(["close", "2026-10", "--from-step", "recurring", "--approve"]) == 0
    (invoice,) = [line for line in (here / "out/2026-10/invoices.csv").read_text().splitlines() if ",CL-START," in line]
    assert invoice.split(",")[5] == "161.40"  # twice 18.00 + 62.00, and 1.40 of calls
    assert main(["close", "2026-10", "--from-step", "recurring", "--approve"]) == 1
    assert "credit note" in refused(capsys)


def test_a_payment_is_recorded_once_it_makes_sense(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["close", "2026-10", "--approve"]) == 0
    capsys.readouterr()
    assert main(["pay", "2026-000001", "31.29", "--on", "2026-11-20"]) == 0
    assert main(["pay", "2026-000001", "0.01", "--on", "2026-11-21"]) == 1
    assert "2026-000001 is paid in full" in refused(capsys)
    assert main(["export", "2026-10"]) == 0
    assert "31.29,+++260/0000/00170+++,paid" in (here / "out/2026-10/invoices.csv").read_text()


def test_reminders_are_previewed_before_they_are_sent(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["close", "2026-10", "--approve"]) == 0
    mails = len(list((here / "mailbox").rglob("new/*")))
    assert main(["dunning", "--on", "2026-12-05", "--preview"]) == 0
    assert "CL-LUX" in said(capsys)
    assert len(list((here / "mailbox").rglob("new/*"))) == mails
    assert main(["dunning", "--on", "2026-12-05"]) == 0
    sent = len(list((here / "mailbox").rglob("new/*"))) - mails
    assert sent == len(EXPECTED_NET) - 1  # the portal payer has no address
    assert main(["dunning", "--on", "2026-12-05"]) == 0
    assert len(list((here / "mailbox").rglob("new/*"))) == mails + sent


def test_the_export_of_a_month_never_closed_is_refused(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", "2026-09"]) == 1
    assert "2026-09 was never closed" in refused(capsys)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["close", "2026-13"], "'2026-13' is not a month; write it as 2026-10"),
        (["close", "2026-10", "--on", "28/10/2026"], "'28/10/2026' is not a day; write it as 2026-10-28"),
        (["pay", "2026-000001", "twelve", "--on", "2026-11-20"], "'twelve' is not an amount; write it as 12.50"),
        (["close", "2026-10", "--from-step", "ratings"], "choose from 'snapshot', 'rating', 'recurring', 'drafts'"),
        (["clsoe", "2026-10"], "invalid choice: 'clsoe'"),
        (["acknowledge", "9" * 19, "--on", "2026-12-30"], f"'{'9' * 19}' is not an order; `billing suspensions` lists them"),
        (["allocate", "9" * 19, "--aside", "--by", "Ann"], f"'{'9' * 19}' is not a movement; its number stands in unmatched.csv"),
        ([], "required: COMMAND"),
    ],
)
def test_wrong_usage_ends_with_two_and_one_line(arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert says in refused(capsys)


def test_a_wrong_setting_ends_with_two(here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("BILLING_APPROVAL", "maybe")
    assert main(["status"]) == 2
    assert "BILLING_APPROVAL = 'maybe'" in refused(capsys)


def test_a_call_made_before_its_contract_was_confirmed_is_quoted_as_the_close_will_bill_it(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    small = world()
    small.row("contracts", "C-ALFA")["confirmed_on"] = "2026-10-20"
    small.write(here / "feed")
    assert main(["import"]) == 0
    asked = ["quote", "+32475123456", "--line", "L-ALFA-USER", "--seconds", "60", "--at"]
    assert main([*asked, "2026-10-03T10:00"]) == 0
    assert "0.12 EUR" in said(capsys)  # in force on 28 October
    assert main([*asked, "2026-09-03T10:00"]) == 0
    assert "held" in said(capsys)  # not yet on 28 September


def test_the_installed_command_answers(here: Path) -> None:
    asked = subprocess.run([str(Path(sys.executable).with_name("billing")), "status"], capture_output=True, text=True, check=False)
    assert (asked.returncode, asked.stderr) == (0, "")
    assert asked.stdout.startswith("nothing closed yet")


@pytest.mark.parametrize(
    ("number", "line", "seconds", "at", "says"),
    [
        ("+32475123456", "L-ALFA-USER", "125", "2026-10-03T10:00", ["prefix    324", "0.12 × 125 ÷ 60", "0.25 EUR"]),
        ("+3223456789", "L-PACK-USER", "700", "2026-10-03T10:00", ["600 seconds left in 2026-10", "0.06 × 100 ÷ 60", "0.10 EUR"]),
        ("+442079460000", "L-ALFA-USER", "60", "2026-10-14T23:59", ["in force since 2025-01-01", "0.30 EUR"]),
        ("+442079460000", "L-ALFA-USER", "60", "2026-10-15T00:00", ["in force since 2026-10-15", "0.60 EUR"]),
        ("112", "L-ALFA-USER", "60", "2026-10-15T00:00", ["0.00 EUR: free"]),
        ("+99912345", "L-ALFA-USER", "60", "2026-10-15T00:00", ["unrated"]),
    ],
    ids=["local mobile", "split by a pack", "before its price changed", "after its price changed", "emergency", "no rate"],
)
def test_a_quote_says_the_price_and_why(
    here: Path, capsys: pytest.CaptureFixture[str], number: str, line: str, seconds: str, at: str, says: list[str]
) -> None:
    assert main(["import"]) == 0
    capsys.readouterr()
    assert main(["quote", number, "--line", line, "--seconds", seconds, "--at", at]) == 0
    answer = said(capsys)
    assert [piece for piece in says if piece not in answer] == [], answer
