"""`billing credit`: what it says, its exit codes, and the form it has in Prefect."""

from pathlib import Path

import pytest

from flows.command_line import main
from flows.credit import credit
from tests.world import world


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("2026-000001", "--on", "2026-11-05"), "the following arguments are required: --reason"),
        (("2026-000001", "--on", "2026-11-05", "--reason", " "), "it is empty; say in a few words why"),
        (("2026-000001", "--reason", "x"), "the following arguments are required: --on"),
        (("2026-000001", "--on", "2026-11-05", "--reason", "x", "--line", "0"), "'0' is not a line; the first line of an invoice is 1"),
    ],
    ids=["no reason", "an empty reason", "no day", "line 0"],
)
def test_what_is_not_a_request_is_wrong_usage(arguments: tuple[str, ...], reason: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["credit", *arguments])
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert reason in said
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("--amount", "5.00"), "--amount is an amount of one line; name it with --line N"),
        (("--amount", "5.00", "--line", "1", "--line", "2"), "--amount is an amount of one line; name it with --line N"),
        (("--again", "--line", "1"), "--again makes the whole invoice anew; leave --line out"),
    ],
    ids=["an amount of no line", "an amount of two lines", "one line anew"],
)
def test_what_contradicts_itself_is_wrong_usage(
    arguments: tuple[str, ...], reason: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["credit", "2026-000001", "--on", "2026-11-05", "--reason", "x", *arguments]) == 2
    assert reason in capsys.readouterr().err


def test_an_invoice_is_credited_by_the_command_and_the_status_names_the_run(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    world().write(here / "feed")
    assert main(["close", "2026-10", "--approve"]) == 0
    capsys.readouterr()
    asked = ["credit", "2026-000003", "--line", "2", "--amount", "10", "--reason", "agreed by phone", "--on", "2026-11-05"]
    assert main(asked) == 0
    assert capsys.readouterr().out == "invoice 2026-000003 is credited by C2026-000001 over EUR 12.10 with VAT\n"
    assert main(asked) == 0
    assert "it was asked before on 2026-11-05, nothing is done twice" in capsys.readouterr().out
    assert main(["credit", "2026-000003", "--line", "2", "--amount", "52.01", "--reason", "more", "--on", "2026-11-05"]) == 1
    assert capsys.readouterr().err == (
        "billing: invoice 2026-000003: 52.01 EUR is more than the 52.00 EUR left of line 2; credit at most that"
        " (credited so far by C2026-000001)\n"
    )
    assert main(["status"]) == 0
    assert "credit 2026-000003 (on 2026-11-05): done; 1 issued, 0 drafts, EUR -12.10 with VAT" in capsys.readouterr().out


def test_every_field_of_the_form_explains_itself() -> None:
    fields = credit.parameters.properties
    assert {name for name, field in fields.items() if field.get("description")} == {"invoice", "reason", "on", "lines", "amount", "again"}
