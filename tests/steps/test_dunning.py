"""Dunning told in dates, through a real mailbox. The invoice of October is due on 27 November, that of November on 28 December."""

from datetime import date
from pathlib import Path

import pytest

from tasks.bounces import book_bounce
from tasks.dunning import run_dunning
from tasks.dunning.unreachable import ADVICE
from tasks.ledger import RunLocked, Stopped, only_one
from tasks.outside import Outside
from tasks.payments import pay
from tasks.suspension.acknowledging import acknowledge
from tasks.suspension.deciding import approve
from tests.steps.delivery_scene import mails
from tests.steps.dunning_scene import FIRST, FORMAL, SECOND, SUSPENDED, D, Ladder, ladder, reminders, told, via

__all__ = ["ladder"]


def run(outside: Outside, *days: date) -> list[list[tuple[str, int, str, str]]]:
    """What dunning told on each of these days."""
    return [told(run_dunning(outside, day)) for day in days]


# ------------------------------------------------------------------------------------------------ the ladder
@pytest.mark.clause("CG-2.d", "GC-9.1.a", "GC-12.2.a")
def test_the_story_of_an_invoice_that_nobody_pays(outside: Outside, ladder: Ladder, tmp_path: Path) -> None:
    assert run(outside, date(2026, 11, 27), date(2026, 12, 3)) == [[], []]  # due that day; 6 days overdue
    assert run(outside, FIRST, date(2026, 12, 10)) == [[("ALFA", 1, "121.00", "sent")], []]
    assert run(outside, SECOND, date(2026, 12, 17)) == [[("ALFA", 2, "121.00", "sent")], []]
    assert run(outside, FORMAL, date(2026, 12, 24), date(2026, 12, 25)) == [[("ALFA", 3, "121.00", "sent")], [], []]
    assert run(outside, SUSPENDED) == [[]]  # ordered, and finance decides
    assert ladder.orders() == [("ALFA", "minimum_service", "proposed")]
    approve(outside.engine, 1, by="Ann", on=date(2026, 12, 29))
    assert run(outside, date(2026, 12, 30), date(2026, 12, 31)) == [[("ALFA", 4, "121.00", "sent")], []]
    assert ladder.orders() == [("ALFA", "minimum_service", "sent")]
    acknowledge(outside.engine, 1, date(2026, 12, 30))
    proposed = "select proposed_on, clause from end_proposal"
    assert (run(outside, date(2027, 1, 29)), ladder.say(proposed)) == ([[]], [])
    assert (run(outside, date(2027, 1, 30)), ladder.say(proposed)) == ([[]], [(date(2027, 1, 30), "GC-12.2.a")])
    assert reminders(tmp_path / "mailbox") == [f"ALFA.2026-000001.{level}.reminder" for level in (1, 2, 3, 4)]


@pytest.mark.clause("CG-2.d", "CG-2.e")
def test_a_letter_is_recorded_with_its_policy_costs_and_days(outside: Outside, ladder: Ladder) -> None:
    run(outside, FIRST, SECOND, FORMAL)
    assert ladder.say(
        "select level, noticed_on, policy, segment, open_amount, fee, recovery_cost, clause, pay_by, next_on, path from dunning_notice order by 1"
    ) == [
        (1, FIRST, "contract", "", D("121.00"), D("0.00"), D("0.00"), "CG-2.d", date(2026, 12, 10), SECOND, letter(1, FIRST)),
        (2, SECOND, "contract", "", D("121.00"), D("10.00"), D("0.00"), "CG-2.d", date(2026, 12, 17), FORMAL, letter(2, SECOND)),
        (3, FORMAL, "contract", "", D("121.00"), D("10.00"), D("0.00"), "CG-2.d", date(2026, 12, 27), SUSPENDED, letter(3, FORMAL)),
    ]


def letter(level: int, on: date) -> str:
    return f"2026-12/letters/ALFA-{level}-{on}.pdf"


@pytest.mark.clause("CG-2.c", "GC-9.1.a")
def test_with_automatic_approval_order_and_letter_leave_on_one_day_and_a_payment_restores_the_service(
    outside: Outside, ladder: Ladder, tmp_path: Path
) -> None:
    automatic = via(outside, suspension_approval="automatic")
    run(automatic, FIRST, SECOND, FORMAL)
    receipt = run_dunning(automatic, SUSPENDED)
    assert told(receipt) == [("ALFA", 4, "121.00", "sent")]
    assert "sent on 2026-12-28, not acknowledged" in str(receipt)
    pay(outside.engine, "2026-000001", D("121.00"), date(2026, 12, 29))
    assert run(automatic, date(2026, 12, 29)) == [[]]
    assert ladder.orders() == [("ALFA", "minimum_service", "sent"), ("ALFA", "restore", "sent")]


@pytest.mark.clause("GC-9.1.a")
def test_a_suspension_that_finance_rejects_is_told_to_nobody(outside: Outside, ladder: Ladder) -> None:
    run(outside, FIRST, SECOND, FORMAL, SUSPENDED)
    ladder.say("update suspension_order set state = 'rejected', decided_by = 'Ann', decided_on = '2026-12-29', reason = 'talks'")
    assert run(outside, date(2026, 12, 30), date(2027, 1, 4)) == [[], []]
    assert ladder.orders() == [("ALFA", "minimum_service", "rejected")]


@pytest.mark.clause("CG-2.a")
def test_a_partial_payment_between_two_levels_keeps_the_place_on_the_ladder_and_asks_for_the_rest(outside: Outside, ladder: Ladder) -> None:
    run(outside, FIRST)
    pay(outside.engine, "2026-000001", D("100.00"), date(2026, 12, 8))
    assert run(outside, SECOND, FORMAL) == [[("ALFA", 2, "21.00", "sent")], [("ALFA", 3, "21.00", "sent")]]


@pytest.mark.clause("CG-2.a")
def test_a_payment_in_full_ends_it_and_the_next_invoice_starts_at_the_first_level(outside: Outside, ladder: Ladder) -> None:
    ladder.invoice(ladder.close("2026-11", date(2026, 11, 28)), "ALFA", "50.00", days=10)  # due on 8 December
    run(outside, FIRST, SECOND)
    pay(outside.engine, "2026-000001", D("121.00"), date(2026, 12, 12))
    assert run(outside, date(2026, 12, 14), date(2026, 12, 15)) == [[], [("ALFA", 1, "50.00", "sent")]]
    assert run(outside, date(2026, 12, 21), date(2026, 12, 22)) == [[], [("ALFA", 2, "50.00", "sent")]]


# ------------------------------------------------------------------------------------------------ what stops it
@pytest.mark.parametrize("day", [FIRST, SECOND, FORMAL, SUSPENDED], ids=["level 1", "level 2", "level 3", "the suspension"])
@pytest.mark.parametrize("stops", ["payment", "dispute"])
@pytest.mark.clause("CG-2.a", "GC-9.3")
def test_what_arrives_before_the_run_stops_the_level_of_the_day(outside: Outside, ladder: Ladder, stops: str, day: date) -> None:
    run(outside, *[each for each in (FIRST, SECOND, FORMAL) if each < day])
    if stops == "payment":
        pay(outside.engine, "2026-000001", D("121.00"), day)
    else:
        ladder.dispute("D1", "2026-000001", str(day), "121.00")
    assert run(outside, day) == [[]]
    assert (len(ladder.letters()), ladder.orders()) == ((day - FIRST).days // 7 if day < SUSPENDED else 3, [])


@pytest.mark.clause("GC-9.3")
def test_a_contested_part_is_not_asked_for_and_comes_back_at_the_level_it_had(outside: Outside, ladder: Ladder) -> None:
    ladder.dispute("D1", "2026-000001", "2026-12-01", "21.00", closed_on="2026-12-10")
    ladder.payer("BETA")
    contested = ladder.invoice(ladder.close(), "BETA", "80.00")
    ladder.dispute("D2", contested, "2026-12-08", "80.00", closed_on="2026-12-16")
    assert run(outside, FIRST) == [[("ALFA", 1, "100.00", "sent"), ("BETA", 1, "80.00", "sent")]]
    assert run(outside, SECOND) == [[("ALFA", 2, "121.00", "sent")]]  # BETA contests all of it until the 16th
    assert run(outside, date(2026, 12, 17)) == [[("BETA", 2, "80.00", "sent")]]


@pytest.mark.clause("GC-9.3", "GC-9.1.a")
def test_a_dispute_covered_by_a_guarantee_takes_the_order_back_that_finance_has_not_decided(outside: Outside, ladder: Ladder) -> None:
    run(outside, FIRST, SECOND, FORMAL, SUSPENDED)
    ladder.say(
        "insert into feed_record (table_name, record_id, version, valid_import, record) values ('disputes', 'D1', 1, 1, cast(:it as jsonb))",
        it='{"invoice_number": "2026-000001", "opened_on": "2026-12-29", "amount": "121.00", "guarantee_amount": "121.00"}',
    )
    assert run(outside, date(2026, 12, 29)) == [[]]
    assert ladder.orders() == [("ALFA", "minimum_service", "withdrawn")]


# ------------------------------------------------------------------------------------------------ who gets what
@pytest.mark.clause("CG-2.a", "CG-2.c")
def test_a_partner_with_three_end_clients_gets_one_letter_and_they_get_none(outside: Outside, ladder: Ladder, tmp_path: Path) -> None:
    automatic = via(outside, suspension_approval="automatic")
    for client, name in (("E-ANNA", "Anna"), ("E-BERT", "Bert"), ("E-CLEO", "Cleo")):
        ladder.payer(client, mail=f"{client.lower()}@client.example", name=name)
        ladder.say("update party set partner_id = 'ALFA' where party_id = :id", id=client)
        ladder.service(client, "ALFA")
    ladder.invoice(ladder.close("2026-09", date(2026, 9, 28)), "ALFA", "10.00", clients=("E-ANNA", "E-BERT", "E-CLEO"))  # due on 28 October
    run(automatic, FIRST, SECOND, FORMAL)
    assert run(automatic, SUSPENDED) == [[("ALFA", 4, "131.00", "sent")]]
    found = mails(tmp_path / "mailbox")
    assert [mail["To"] for mail in found] == ["alfa@payer.example"] * 4
    last = found[3].get_body(("plain",))
    assert last is not None
    assert all(name in last.get_content() for name in ("Anna", "Bert", "Cleo"))


@pytest.mark.clause("CG-2.d", "CG-2.e")
def test_a_debit_note_is_listed_and_alone_goes_no_further_than_the_first_level(outside: Outside, ladder: Ladder) -> None:
    note = ladder.debit_note("ALFA", "12.10", date(2026, 11, 1), date(2026, 12, 1))
    (first,) = run_dunning(outside, FIRST).notices
    assert (first.invoices, str(first.open_amount)) == (["2026-000001", note], "133.10")
    pay(outside.engine, "2026-000001", D("121.00"), date(2026, 12, 7))
    assert run(outside, date(2026, 12, 8), SECOND, date(2026, 12, 14)) == [[("ALFA", 1, "12.10", "sent")], [], []]
    assert run(outside, date(2026, 12, 21), date(2027, 2, 1)) == [[], []]


@pytest.mark.clause("CG-2.d")
def test_the_policy_of_the_segment_is_in_force_and_recorded(outside: Outside, ladder: Ladder) -> None:
    ladder.say(
        "insert into feed_record (table_name, record_id, version, valid_import, record) values ('segments', 'S1', 1, 1, cast(:it as jsonb))",
        it='{"payer_id": "ALFA", "segment": "consumer", "valid_from": "2026-01-01"}',
    )
    run(via(outside, dunning_policies={"consumer": "article119"}), FIRST)
    assert ladder.say("select policy, segment, fee from dunning_notice") == [("article119", "consumer", D("0.00"))]


def test_an_unknown_policy_stops_with_the_names_there_are(outside: Outside, ladder: Ladder) -> None:
    with pytest.raises(Stopped, match="there is no dunning policy 'none'; dunning_policy may be article119, contract"):
        run_dunning(via(outside, dunning_policy="none"), FIRST)


# ------------------------------------------------------------------------------------------------ twice, previewed, at once
@pytest.mark.clause("CG-2.a")
@pytest.mark.parametrize("day", [FIRST, SUSPENDED], ids=["a letter", "a suspension"])
def test_the_same_day_twice_sends_nothing_new(outside: Outside, ladder: Ladder, tmp_path: Path, day: date) -> None:
    automatic = via(outside, suspension_approval="automatic")
    run(automatic, *[each for each in (FIRST, SECOND, FORMAL) if each < day])
    first = run_dunning(automatic, day)
    files = {path.name: path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()}
    second = run_dunning(automatic, day)
    assert (first.newly_sent, second.newly_sent) == (1, 0)
    assert told(first) == told(second)
    assert len(mails(tmp_path / "mailbox")) == len(ladder.letters())
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()} == files


def test_a_preview_says_what_would_be_done_and_writes_and_sends_nothing(outside: Outside, ladder: Ladder, tmp_path: Path) -> None:
    ladder.payer("BETA", mail="")
    ladder.invoice(ladder.close(), "BETA", "80.00")
    before = _content(ladder)
    assert str(run_dunning(outside, FIRST, preview=True)).splitlines() == [
        "dunning 2026-12-04: 1 letter would be sent",
        "  late charges (due now): 0 debit notes, 0.00 EUR",
        "  ALFA: level 1, 121.00 EUR on 2026-000001, preview",
        f"  BETA cannot be reached: its letters: it has no mail address; {ADVICE}",
    ]
    assert _content(ladder) == before
    assert not (tmp_path / "mailbox").exists()
    assert not (tmp_path / "out" / "unreachable.csv").exists()


def test_a_preview_shows_the_orders_that_would_be_made_and_the_late_charges_by_payer(outside: Outside, ladder: Ladder) -> None:
    run(outside, FIRST, SECOND, FORMAL)
    before = _content(ladder)
    said = str(run_dunning(outside, SUSPENDED, preview=True)).splitlines()
    assert "  ALFA: minimum service of 1 for GC-9.1.a; finance decides" in said
    assert "  ALFA: debit note of 21.21 EUR" in said  # two fees of 10.00, one month of 1 % on 121.00
    assert _content(ladder) == before


@pytest.mark.parametrize("approval", ["automatic", "finance"])
def test_a_preview_shows_the_letter_of_a_suspension_that_would_leave(outside: Outside, ladder: Ladder, approval: str) -> None:
    world = via(outside, suspension_approval=approval)
    run(world, FIRST, SECOND, FORMAL)
    day, order = SUSPENDED, "ALFA: minimum service of 1 for GC-9.1.a; approved by policy contract"
    if approval == "finance":
        run(world, SUSPENDED)
        approve(outside.engine, 1, by="Ann", on=SUSPENDED)
        day, order = date(2026, 12, 29), "ALFA: order 1 leaves"
    previewed = run_dunning(world, day, preview=True)
    assert (told(previewed), previewed.orders) == ([("ALFA", 4, "121.00", "preview")], (order,))
    assert run(world, day) == [[("ALFA", 4, "121.00", "sent")]]


def _content(ladder: Ladder) -> list[tuple[object, ...]]:
    """How many rows each table of dunning has."""
    tables = ("dunning_notice", "delivery", "suspension_order", "late_charge", "run", "end_proposal", "dunning_on_word")
    return ladder.say(" union all ".join(f"select '{table}', count(*) from {table}" for table in tables))


def test_two_dunning_runs_never_work_at_the_same_time(outside: Outside, ladder: Ladder) -> None:
    with only_one(outside.engine, "dunning"), pytest.raises(RunLocked):
        run_dunning(outside, FIRST)
    assert run_dunning(outside, FIRST).newly_sent == 1


def test_a_day_on_which_nobody_owes_anything_needs_no_mail_server(outside: Outside) -> None:
    receipt = run_dunning(via(outside, "smtp://127.0.0.1:1"), FIRST)
    assert (receipt.notices, receipt.figures["letters"]) == ((), 0)


def test_a_mail_that_comes_back_after_the_next_level_changes_nothing(outside: Outside, ladder: Ladder) -> None:
    run(outside, FIRST, SECOND)
    book_bounce(outside.engine, "<ALFA.2026-000001.1.reminder@operator.example>", date(2026, 12, 14))
    assert run(outside, date(2026, 12, 14), FORMAL) == [[], [("ALFA", 3, "121.00", "sent")]]
