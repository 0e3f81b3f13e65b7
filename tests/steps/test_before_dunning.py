"""What must be there before anybody is reminded: the bank statements, up to date, on somebody's word if they are not."""

from datetime import date
from pathlib import Path

import pytest

from flows.command_line import main
from tasks import gates
from tasks.bank.by_hand import allocate_to_invoices
from tasks.bank.importing import import_statements
from tasks.before_dunning import go_without_statements, statements_to
from tasks.ledger import GateStopped, Stopped, open_orders
from tasks.outside import Outside
from tasks.steps import dun
from tests.bank_files import Paid, StatementOf, coda
from tests.steps.dunning_scene import FIRST, Ladder, ladder, via

__all__ = ["ladder"]
OURS, OTHER = "BE71096123456769", "BE62510007547061"


def booked(ladder: Ladder, to_day: str, iban: str = OURS) -> None:
    """A statement of an account that reaches up to a day."""
    ladder.say(
        "insert into bank_statement (iban, currency, number, from_day, to_day, opening, closing, layout, path, import_no)"
        " select :iban, 'EUR', count(*) + 1, :day, :day, 0, 0, 'coda', 'bank/1.cod', 1 from bank_statement",
        iban=iban, day=date.fromisoformat(to_day),
    )  # fmt: skip


def failed(outside: Outside, on: date) -> dict[str, str]:
    """The checks that fail, with how severe they are."""
    return {one.check: one.severity for one in gates.examine_before_dunning(outside, on).findings if not one.passed}


@pytest.mark.parametrize(
    ("on", "needed"),
    [
        pytest.param("2026-12-04", "2026-12-03", id="a Friday needs Thursday"),
        pytest.param("2026-12-07", "2026-12-04", id="a Monday needs Friday"),
        pytest.param("2026-12-06", "2026-12-04", id="a Sunday needs Friday"),
        pytest.param("2026-12-28", "2026-12-24", id="the Monday after Christmas needs Christmas Eve"),
        pytest.param(
            "2026-05-18", "2026-05-13", id="the Monday after Ascension needs Wednesday: the Friday between is a holiday of the banks"
        ),
    ],
)
@pytest.mark.clause("CG-2.d")
def test_statements_reach_up_to_the_working_day_before(outside: Outside, ladder: Ladder, on: str, needed: str) -> None:
    day, last = date.fromisoformat(on), date.fromisoformat(needed)
    assert statements_to(outside.settings, day) == last
    booked(ladder, str(last.replace(day=last.day - 1)))
    assert failed(outside, day) == {"statement_missing": "critical"}
    booked(ladder, needed)
    assert failed(outside, day) == {}


def test_more_days_are_let_pass_by_the_setting(outside: Outside, ladder: Ladder) -> None:
    booked(ladder, "2026-12-01")
    assert failed(outside, FIRST) == {"statement_missing": "critical"}
    assert failed(via(outside, statement_working_days_at_most=3), FIRST) == {}


def test_every_account_of_ours_that_ever_had_a_statement_has_a_new_one(outside: Outside, ladder: Ladder) -> None:
    two = via(outside, bank_accounts=(OTHER,))
    booked(ladder, "2026-12-03")
    assert failed(two, FIRST) == {}  # the other account never had one
    booked(ladder, "2026-12-02", OTHER)
    assert failed(two, FIRST) == {"statement_missing": "critical"}
    assert failed(outside, FIRST) == {}  # and is none of ours any more


def test_who_never_booked_a_statement_is_warned_and_goes_on(outside: Outside, ladder: Ladder) -> None:
    assert failed(outside, FIRST) == {"never_booked": "warning"}
    assert "1 letter of the day, 1 newly sent" in dun(outside, FIRST, preview=False)


def test_a_missing_statement_stops_the_day_before_anything_is_recorded(outside: Outside, ladder: Ladder) -> None:
    booked(ladder, "2026-12-02")
    with pytest.raises(GateStopped, match=rf"before dunning 2026-12-04 stopped[\s\S]*account {OURS}, statements up to 2026-12-02"):
        dun(outside, FIRST, preview=False)
    assert ladder.letters() == []


def test_on_somebodys_word_it_goes_on_and_says_whose_also_when_the_day_is_done_again(outside: Outside, ladder: Ladder) -> None:
    booked(ladder, "2026-12-02")
    said = dun(outside, FIRST, preview=False, without_statements=True, by=" Ann ")
    assert said.splitlines()[:2] == [
        "dunning 2026-12-04: 1 letter of the day, 1 newly sent",
        "  although bank statements are missing, on the word of Ann",
    ]
    assert failed(outside, FIRST) == {"on_word": "warning"}
    assert "on the word of Ann" in dun(outside, FIRST, preview=False)
    assert failed(outside, date(2026, 12, 7)) == {"statement_missing": "critical"}  # that word was about one day
    assert ladder.say("select dunned_on, accepted_by from dunning_on_word") == [(FIRST, "Ann")]


def test_nobodys_word_is_refused(outside: Outside, ladder: Ladder) -> None:
    with pytest.raises(Stopped, match="reminders go without bank statements on somebody's word; give --by NAME"):
        go_without_statements(outside.engine, FIRST, " ")


def test_a_file_that_was_refused_stops_it_whatever_anybody_says(outside: Outside, ladder: Ladder) -> None:
    booked(ladder, "2026-12-03")
    ladder.say(
        "insert into feed_reject (import_no, path, line, column_name, value, reason) values (1, 'bank/9.cod', 3, '', '', 'cut off in line 3')"
    )
    with pytest.raises(GateStopped, match=r"file bank/9\.cod, line 3, .*reason cut off in line 3"):
        dun(outside, FIRST, preview=False, without_statements=True, by="Ann")


def test_money_nobody_placed_that_may_be_of_a_late_payer_is_a_warning_that_names_both(outside: Outside, ladder: Ladder) -> None:
    folder = Path(outside.settings.feed) / "bank"
    folder.mkdir(parents=True)
    paid = (Paid("121.00", "our invoice", "BE68539007547034", "Somebody"), Paid("7.00", "a cake", "BE68539007547034", "Somebody"))
    (folder / "1.cod").write_bytes(coda(StatementOf(1, date(2026, 12, 3), "0.00", paid)))
    import_statements(outside)
    assert failed(outside, FIRST) == {"unmatched_of_late_payer": "warning"}
    (finding,) = [one for one in gates.examine_before_dunning(outside, FIRST).findings if not one.passed]
    assert finding.examples == ({"movement": "1", "booked on": "2026-12-03", "unmatched": "121.00", "may be of": "ALFA"},)


def test_money_on_account_of_a_late_payer_is_a_warning_until_a_person_sets_it_against_what_is_overdue(
    outside: Outside, ladder: Ladder
) -> None:
    folder = Path(outside.settings.feed) / "bank"
    folder.mkdir(parents=True)
    [(reference, paid_twice)] = ladder.say("select structured_reference, number from invoice")
    ladder.payer("BETA", mail="beta@payer.example", name="Beta")
    orders = open_orders(outside.engine, date(2026, 10, 28))
    smaller, other = ladder.invoice(orders, "ALFA", "60.50"), ladder.invoice(orders, "BETA", "10.00")
    twice = tuple(Paid("121.00", str(reference), "BE68539007547034", "Alfa") for _ in range(2))
    (folder / "1.cod").write_bytes(coda(StatementOf(1, date(2026, 12, 3), "0.00", twice)))
    import_statements(outside)
    assert failed(outside, date(2026, 11, 27)) == {}  # nothing is late yet
    (finding,) = [one for one in gates.examine_before_dunning(outside, FIRST).findings if not one.passed]
    assert (finding.check, finding.severity) == ("on_account_of_late_payer", "warning")
    assert finding.examples == ({"payer": "ALFA", "movements": "2", "on account": "121.00", "overdue": "60.50"},)
    assert (paid_twice, other) == ("2026-000001", "2026-000003")  # BETA is late too, and has nothing on account
    allocate_to_invoices(outside.engine, 2, [smaller], by="Ann")
    assert failed(outside, FIRST) == {}


def test_the_command_says_how_to_go_on_and_does(here: Path, outside: Outside, ladder: Ladder, capsys: pytest.CaptureFixture[str]) -> None:
    booked(ladder, "2026-12-02")
    assert main(["dunning", "--on", "2026-12-04"]) == 1
    assert "--without-statements --by NAME" in capsys.readouterr().err
    assert main(["dunning", "--on", "2026-12-04", "--without-statements"]) == 1
    assert "give --by NAME" in capsys.readouterr().err
    assert main(["dunning", "--on", "2026-12-04", "--without-statements", "--by", "Ann"]) == 0
    assert "on the word of Ann" in capsys.readouterr().out
