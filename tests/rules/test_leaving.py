"""Leaving: when service ends, what balance is due, what is given back (CG-3, GC-11.2, GC-12.2.a, GC-13).

A term of 24 months from 1 March 2025 ends on 28 February 2027. Closes are on the 28th: the one of September charges October.
"""

from datetime import date
from decimal import Decimal

import pytest

from billing.leaving import Ending, Leaver, Termination, covers, ending, is_sold, may_be_ended
from billing.period import DAY, Period
from billing.prices import Unpriced
from billing.recurring import RecurringCharge
from billing.settlement import ChargedPart, LastCharged, balance, refunds
from billing.terms import ALLOCLOUD, TELAVOX, Terms
from tests.rules.lines import days, line, listed, version

# Runs of the autumn of 2026, each with the last day it charged of a line paid in advance.
CHARGED = tuple((date.fromisoformat(run), date.fromisoformat(last)) for run, last in (
    ("2026-08-28", "2026-09-30"), ("2026-09-28", "2026-10-31"), ("2026-10-28", "2026-11-30"), ("2026-11-28", "2026-12-31"),
))  # fmt: skip
USERS = LastCharged(12, Decimal("11.95"), date(2025, 1, 1), 12)
NOTHING = listed()


def day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def leaver(**cells: object) -> Leaver:
    usual: dict[str, object] = {
        "line_no": 1, "line_id": "L1", "contract_id": "C1", "end_client_id": "E1", "starts_on": date(2025, 3, 1), "ends_on": None,
        "term_past": date(2027, 3, 1), "charged_through": None,
    }  # fmt: skip
    return Leaver(**{**usual, **cells})  # type: ignore[arg-type]


def letter(received: str, asked: str | None = None, by: str = "client", **cells: object) -> Termination:
    usual: dict[str, object] = {
        "termination_id": "T1", "contract_id": "C1", "line_id": None, "end_client_id": None, "by": by,
        "received_on": day(received), "requested_on": day(asked), "client_breach": False, "proof": "",
    }  # fmt: skip
    return Termination(**{**usual, **cells})  # type: ignore[arg-type]


def end(terms: Terms, *letters: Termination, charged: tuple[tuple[date, date], ...] = CHARGED, **cells: object) -> Ending:
    found = ending(letters, leaver(**cells), terms, charged)
    assert found is not None
    return found


def nets(found: list[RecurringCharge | Unpriced]) -> list[str]:
    """Each part as `first..last net`."""
    return [f"{part.days.first}..{part.days.last} {part.net}" for part in found if isinstance(part, RecurringCharge)]


# ------------------------------------------------------------------------------------------------ ALLOcloud: the letter
@pytest.mark.clause("CG-3.b")
@pytest.mark.parametrize(
    ("received", "asked", "last"),
    [
        pytest.param("2026-10-10", "2026-10-31", "2026-10-31", id="received 10 October asking for 31 October"),
        pytest.param("2026-11-02", "2026-10-31", "2026-11-30", id="received 2 November when November was charged on 28 October"),
        pytest.param("2026-10-27", "2026-10-31", "2026-10-31", id="received the day before the close that charges November"),
        pytest.param("2026-10-28", "2026-10-31", "2026-11-30", id="received on the very day of that close"),
        pytest.param("2026-10-10", "2026-06-30", "2026-10-31", id="asking for a day in the past: the end of what is charged"),
        pytest.param("2026-10-10", None, "2026-10-31", id="asking for no day: the earliest possible"),
        pytest.param("2026-10-10", "2026-12-15", "2026-12-15", id="asking for a later day inside a month"),
        pytest.param("2027-04-10", "2027-04-20", "2027-04-20", id="received after the term and what was charged: the day asked"),
    ],
)
def test_an_allocloud_contract_ends_on_the_day_asked_at_the_earliest_at_the_end_of_what_was_charged(
    received: str, asked: str | None, last: str
) -> None:
    found = end(ALLOCLOUD, letter(received, asked))
    assert (found.last_day, found.clause) == (day(last), "CG-3.b")


@pytest.mark.clause("CG-3.b")
def test_service_never_ends_before_the_letter_is_received() -> None:
    assert end(ALLOCLOUD, letter("2026-10-10", "2026-09-30"), charged=()).last_day == date(2026, 10, 10)


@pytest.mark.clause("CG-3.b")
def test_what_an_earlier_system_charged_counts_as_charged() -> None:
    found = end(ALLOCLOUD, letter("2026-10-10", "2026-10-15"), charged=(), charged_through=date(2026, 12, 31))
    assert found.last_day == date(2026, 12, 31)


@pytest.mark.clause("CG-3.c")
def test_an_allocloud_contract_gives_nothing_back() -> None:
    assert not end(ALLOCLOUD, letter("2026-10-10", "2026-10-31")).refunds


# ------------------------------------------------------------------------------------------------ ALLOcloud: the balance
@pytest.mark.clause("CG-3.d")
def test_12_users_at_11_95_ended_on_31_october_owe_four_months_to_february_573_60() -> None:
    ours = line(quantity=12, starts_on=date(2025, 3, 1))
    found = balance(ours, end(ALLOCLOUD, letter("2026-10-10", "2026-10-31")), [days("2025-03-01..2026-10-31")], USERS, NOTHING)
    assert nets(found) == [
        "2026-11-01..2026-11-30 143.40", "2026-12-01..2026-12-31 143.40", "2027-01-01..2027-01-31 143.40", "2027-02-01..2027-02-28 143.40",
    ]  # fmt: skip
    assert sum(part.net for part in found if isinstance(part, RecurringCharge)) == Decimal("573.60")
    assert {(part.charge, part.clause, part.count.rule) for part in found if isinstance(part, RecurringCharge)} == {
        ("balance", "CG-3.d", "previous_invoice")
    }


@pytest.mark.clause("CG-3.d")
def test_the_same_letter_received_on_2_november_owes_three_months_430_20() -> None:
    ours = line(quantity=12, starts_on=date(2025, 3, 1))
    found = balance(ours, end(ALLOCLOUD, letter("2026-11-02", "2026-10-31")), [days("2025-03-01..2026-11-30")], USERS, NOTHING)
    assert sum(part.net for part in found if isinstance(part, RecurringCharge)) == Decimal("430.20")
    assert nets(found)[0] == "2026-12-01..2026-12-31 143.40"


@pytest.mark.clause("CG-3.d")
@pytest.mark.parametrize("cells", [
    pytest.param({"kind": "national_number", "product": "bt-number"}, id="national numbers"),
    pytest.param({"kind": "usage", "timing": "arrears"}, id="usage"),
    pytest.param({"kind": "hardware", "timing": "at_order"}, id="hardware, charged once"),
    pytest.param({"kind": "licence", "service": "web_meeting", "timing": "at_order"}, id="prepaid subscriptions"),
])  # fmt: skip
def test_no_balance_is_owed_for(cells: dict[str, object]) -> None:
    found = end(ALLOCLOUD, letter("2026-10-10", "2026-10-31"))
    assert balance(line(starts_on=date(2025, 3, 1), **cells), found, [], USERS, NOTHING) == []


@pytest.mark.clause("CG-3.d")
def test_international_numbers_packs_and_channels_are_part_of_a_balance() -> None:
    found = end(ALLOCLOUD, letter("2026-10-10", "2026-10-31"))
    for kind in ("international_number", "pack", "channel", "licence"):
        assert len(balance(line(kind=kind, starts_on=date(2025, 3, 1)), found, [], USERS, NOTHING)) == 4


@pytest.mark.clause("CG-3.d")
def test_a_balance_from_the_middle_of_a_month_to_the_middle_of_another_is_pro_rata_at_both_ends() -> None:
    # Last day 15 December 2026, term to 14 February 2027: 16/31 of December, January, 14/28 of February, at 12 × 11.95 = 143.40.
    found = end(ALLOCLOUD, letter("2026-10-10", "2026-12-15"), term_past=date(2027, 2, 15))
    ours = line(quantity=12, starts_on=date(2025, 2, 15))
    assert nets(balance(ours, found, [days("2025-02-15..2026-12-15")], USERS, NOTHING)) == [
        "2026-12-16..2026-12-31 74.01", "2027-01-01..2027-01-31 143.40", "2027-02-01..2027-02-14 71.70",
    ]  # fmt: skip


@pytest.mark.clause("CG-3.d", "CG-3.a")
@pytest.mark.parametrize(("received", "until"), [
    pytest.param("2027-02-28", None, id="received on the last day of the term: nothing is left of it"),
    pytest.param("2027-03-01", None, id="received the day after the term"),
    pytest.param("2027-02-27", "2027-03-01", id="received the day before the last: one day is left"),
])  # fmt: skip
def test_a_balance_is_due_only_while_the_term_runs(received: str, until: str | None) -> None:
    found = end(ALLOCLOUD, letter(received), charged=())
    assert found.balance_until == day(until)


@pytest.mark.clause("CG-3.d", "GC-2.1")
def test_a_line_with_a_term_of_its_own_owes_to_the_end_of_that_one() -> None:
    found = end(ALLOCLOUD, letter("2026-10-10", "2026-10-31"), term_past=date(2026, 12, 1))
    assert nets(balance(line(quantity=12), found, [], USERS, NOTHING)) == ["2026-11-01..2026-11-30 143.40"]


@pytest.mark.clause("CG-3.d")
def test_the_balance_stops_where_the_order_ends_the_line_before_its_term() -> None:
    found = end(ALLOCLOUD, letter("2026-10-10", "2026-10-31"), ends_on=date(2026, 12, 31))
    assert found.balance_until == date(2027, 1, 1)


@pytest.mark.clause("CG-3.b")
def test_a_line_its_order_ended_before_is_ended_by_the_order_and_owes_no_balance() -> None:
    assert ending([letter("2026-10-10", "2026-10-31")], leaver(ends_on=date(2026, 6, 30)), ALLOCLOUD, CHARGED) is None


@pytest.mark.clause("CG-3.d")
def test_a_line_never_charged_owes_its_balance_as_ordered_at_the_price_of_the_list() -> None:
    found = end(ALLOCLOUD, letter("2027-01-10", "2027-01-31"), charged=(), starts_on=date(2027, 2, 1))
    ours = line(quantity=3, starts_on=date(2027, 2, 1))
    assert nets(balance(ours, found, [], None, listed(version("31.00")))) == ["2027-02-01..2027-02-28 93.00"]
    assert balance(ours, found, [], None, NOTHING) == [Unpriced(1, "L1", "bt-user", date(2027, 2, 1))]


@pytest.mark.clause("CG-3.d")
def test_the_operator_ending_an_allocloud_contract_bills_no_balance() -> None:
    assert end(ALLOCLOUD, letter("2026-10-10", "2026-10-31", by="operator")).balance_until is None
    at_once = end(ALLOCLOUD, letter("2026-10-10", by="operator", client_breach=True))
    assert (at_once.last_day, at_once.balance_until) == (date(2026, 10, 10), None)


# ------------------------------------------------------------------------------------------------ which lines
@pytest.mark.clause("CG-3.b", "CG-3.e")
@pytest.mark.parametrize(("termination", "cells", "covered"), [
    pytest.param(letter("2026-10-10"), {}, True, id="the whole contract"),
    pytest.param(letter("2026-10-10"), {"contract_id": "C2"}, False, id="a line of another contract"),
    pytest.param(letter("2026-10-10", line_id="L1"), {}, True, id="one line"),
    pytest.param(letter("2026-10-10", line_id="L2"), {}, False, id="another line of the contract goes on"),
    pytest.param(letter("2026-10-10", end_client_id="E1"), {}, True, id="the lines of an end client"),
    pytest.param(letter("2026-10-10", end_client_id="E2"), {}, False, id="the lines of another end client go on"),
    pytest.param(letter("2026-10-10", by="bankruptcy", end_client_id="E1"), {"contract_id": "C9"}, True,
                 id="a bankrupt end client under any contract"),
    pytest.param(letter("2026-10-10", by="bankruptcy", end_client_id="E2"), {}, False, id="not the others behind the same partner"),
])  # fmt: skip
def test_a_termination_ends(termination: Termination, cells: dict[str, object], covered: bool) -> None:
    assert covers(termination, leaver(**cells)) is covered


@pytest.mark.clause("CG-3.b")
def test_of_several_terminations_of_a_line_the_earliest_end_counts() -> None:
    later = letter("2026-10-10", "2026-12-31")
    sooner = letter("2026-11-02", line_id="L1", termination_id="T2")
    assert end(ALLOCLOUD, later, sooner).termination_id == "T2"
    assert end(ALLOCLOUD, later, sooner).last_day == date(2026, 11, 30)


# ------------------------------------------------------------------------------------------------ bankruptcy
@pytest.mark.clause("CG-3.e")
@pytest.mark.parametrize("terms", [ALLOCLOUD, TELAVOX], ids=["allocloud", "telavox"])
def test_nothing_is_charged_from_the_day_the_proof_came_in_and_nothing_given_back(terms: Terms) -> None:
    found = end(terms, letter("2026-10-10", "2026-12-31", by="bankruptcy", end_client_id="E1", proof="judgment"))
    assert (found.last_day, found.clause) == (date(2026, 10, 9), "CG-3.e")
    assert (found.balance_until, found.refunds) == (None, False)


@pytest.mark.clause("CG-3.e", "CG-3.d")
def test_a_balance_not_yet_billed_is_dropped_when_the_end_client_goes_bankrupt() -> None:
    left, failed = letter("2026-10-10", "2026-10-31"), letter("2026-11-20", by="bankruptcy", end_client_id="E1", termination_id="T2")
    found = end(ALLOCLOUD, left, failed)
    assert (found.termination_id, found.last_day, found.balance_until) == ("T1", date(2026, 10, 31), None)


@pytest.mark.clause("CG-3.e", "BT-2.a", "BT-2.j")
def test_what_is_charged_once_is_charged_when_ordered_by_the_last_day_and_porting_out_after_it_too() -> None:
    left = end(ALLOCLOUD, letter("2026-10-10", "2026-10-31"))
    failed = end(ALLOCLOUD, letter("2026-10-10", by="bankruptcy", end_client_id="E1"))
    assert is_sold("hardware", date(2026, 10, 31), left)
    assert not is_sold("hardware", date(2026, 11, 1), left)
    assert is_sold("porting_out", date(2026, 11, 5), left)
    assert not is_sold("porting_out", date(2026, 11, 5), failed)
    assert is_sold("hardware", date(2026, 11, 1), None)


# ------------------------------------------------------------------------------------------------ Telavox: the notice
@pytest.mark.clause("GC-11.2")
@pytest.mark.parametrize(
    ("received", "asked", "last"),
    [
        pytest.param("2026-06-01", None, "2027-02-28", id="long before: with the term"),
        pytest.param("2026-11-30", None, "2027-02-28", id="on the last possible day, 30 November: with the term"),
        pytest.param("2026-12-01", None, "2027-03-31", id="one day late: the contract runs on to 31 March"),
        pytest.param("2026-12-01", "2027-02-28", "2027-03-31", id="one day late, asking for the end of the term all the same"),
        pytest.param("2026-12-01", "2027-06-15", "2027-06-15", id="one day late, asking for a later day"),
        pytest.param("2026-11-30", "2026-12-31", "2027-02-28", id="in time, asking for a day inside the term: not before it ends"),
        pytest.param("2026-11-30", "2027-05-31", "2027-05-31", id="in time, asking for a day after the term"),
        pytest.param("2027-02-28", None, "2027-03-31", id="on the last day of the term: too late to end with it"),
        pytest.param("2027-03-01", None, "2027-03-01", id="once the term has ended: at any time, the day of receipt"),
        pytest.param("2027-05-12", "2027-05-20", "2027-05-20", id="once the term has ended, on the later day asked"),
        pytest.param("2027-05-12", "2027-05-01", "2027-05-12", id="once the term has ended, not before the letter is received"),
    ],
)
def test_a_telavox_contract_ends_with_its_term_on_three_months_notice_and_else_runs_on(received: str, asked: str | None, last: str) -> None:
    found = end(TELAVOX, letter(received, asked), charged=())
    assert (found.last_day, found.clause, found.balance_until) == (day(last), "GC-11.2", None)


@pytest.mark.clause("GC-11.2")
@pytest.mark.parametrize(("received", "last"), [("2026-11-14", "2027-02-14"), ("2026-11-15", "2027-03-31")])
def test_a_telavox_term_inside_a_month_runs_on_to_the_end_of_the_calendar_month_after_it(received: str, last: str) -> None:
    assert end(TELAVOX, letter(received), term_past=date(2027, 2, 15)).last_day == day(last)


@pytest.mark.clause("GC-11.2")
def test_a_telavox_contract_without_minimum_term_can_be_ended_at_any_time() -> None:
    assert end(TELAVOX, letter("2026-10-10", "2026-10-20"), term_past=date(2025, 3, 1)).last_day == date(2026, 10, 20)


# ------------------------------------------------------------------------------------------------ Telavox: breach and refund
@pytest.mark.clause("GC-13.3")
def test_ended_by_the_operator_after_a_breach_the_rest_of_the_term_is_due_and_nothing_given_back() -> None:
    found = end(TELAVOX, letter("2026-12-15", by="operator", client_breach=True), charged=())
    assert (found.last_day, found.clause, found.balance_clause, found.refunds) == (date(2026, 12, 15), "GC-13.3", "GC-13.3", False)
    ours = line(service="telavox", timing="arrears", quantity=4)
    owed = balance(ours, found, [], LastCharged(4, Decimal("20.00"), None, 4), NOTHING)
    assert nets(owed) == ["2026-12-16..2026-12-31 41.29", "2027-01-01..2027-01-31 80.00", "2027-02-01..2027-02-28 80.00"]


@pytest.mark.clause("GC-13.3")
def test_the_balance_after_a_breach_leaves_out_days_charged_in_advance() -> None:
    found = end(TELAVOX, letter("2026-12-15", by="operator", client_breach=True))
    owed = balance(line(quantity=4), found, [days("2025-03-01..2026-12-31")], LastCharged(4, Decimal("20.00"), None, 4), NOTHING)
    assert nets(owed) == ["2027-01-01..2027-01-31 80.00", "2027-02-01..2027-02-28 80.00"]


@pytest.mark.clause("GC-13.3", "GC-11.2")
def test_ended_by_the_operator_without_breach_it_ends_as_by_the_client_and_no_balance_is_due() -> None:
    found = end(TELAVOX, letter("2026-11-30", by="operator"))
    assert (found.last_day, found.balance_until, found.refunds) == (date(2027, 2, 28), None, True)


JANUARY = days("2027-01-01..2027-01-31")


def refunded(unit_price: str, last: str, charged: Period = JANUARY, net: str | None = None, **cells: object) -> list[tuple[str, str, bool]]:
    """Of one user charged for January 2027 whose service ended on a day: first day given back, net, below the floor."""
    ends = Ending(1, "T1", date.fromisoformat(last) + DAY, "GC-11.2", None, "", bool(cells.get("refunds", True)))
    part = ChargedPart(1, charged, 1, Decimal(unit_price), Decimal(net or unit_price), run_id=7)
    found = refunds({1: ends}, [part], {}, Decimal("10.00"), "GC-13.2")
    return [(str(refund.days.first), str(refund.net), refund.below_floor) for refund in found]


@pytest.mark.clause("GC-13.2")
def test_a_telavox_line_ended_mid_month_gives_back_10_00_and_not_9_99() -> None:
    # Ended on 21 January: 10 of 31 days are given back. 31.00 × 10/31 = 10.00; 30.97 × 10/31 = 9.9903…
    assert refunded("31.00", "2027-01-21") == [("2027-01-22", "10.00", False)]
    assert refunded("30.97", "2027-01-21") == [("2027-01-22", "9.99", True)]


@pytest.mark.clause("GC-13.2")
def test_the_floor_is_on_all_that_one_termination_gives_back() -> None:
    ends = {
        no: Ending(no, termination, date(2027, 1, 22), "GC-11.2", None, "", True) for no, termination in ((1, "T1"), (2, "T1"), (3, "T2"))
    }
    parts = [
        ChargedPart(no, JANUARY, 1, Decimal(price), Decimal(price), run_id=7) for no, price in ((1, "15.50"), (2, "15.50"), (3, "30.97"))
    ]
    found = refunds(ends, parts, {}, Decimal("10.00"), "GC-13.2")
    assert [(refund.line_no, str(refund.net), refund.below_floor) for refund in found] == [
        (1, "5.00", False), (2, "5.00", False), (3, "9.99", True),
    ]  # fmt: skip


@pytest.mark.clause("GC-13.2")
def test_whole_months_past_the_end_are_given_back_as_charged_and_days_before_it_never() -> None:
    assert refunded("31.00", "2026-12-20") == [("2027-01-01", "31.00", False)]
    assert refunded("31.00", "2027-01-31") == []
    assert refunded("31.00", "2026-12-20", days("2027-01-10..2027-01-31"), "22.00") == [("2027-01-10", "22.00", False)]


@pytest.mark.clause("GC-13.2")
def test_nothing_is_given_back_where_the_breach_of_the_client_caused_the_end() -> None:
    assert end(TELAVOX, letter("2027-05-12")).refunds
    assert not end(TELAVOX, letter("2027-05-12", client_breach=True)).refunds
    assert refunded("31.00", "2027-01-21", refunds=False) == []


@pytest.mark.clause("GC-13.2")
def test_days_given_back_once_are_not_given_back_again() -> None:
    ends = {1: Ending(1, "T1", date(2027, 1, 22), "GC-11.2", None, "", True)}
    parts = [ChargedPart(1, JANUARY, 1, Decimal("31.00"), Decimal("31.00"), run_id=7)]
    assert refunds(ends, parts, {1: [days("2027-01-22..2027-01-31")]}, Decimal("10.00"), "GC-13.2") == []


# ------------------------------------------------------------------------------------------------ proposals
@pytest.mark.clause("GC-12.2.a")
@pytest.mark.parametrize(("since", "proposed"), [
    pytest.param("2026-09-28", True, id="suspended for a month on the close date, 28 October"),
    pytest.param("2026-09-29", False, id="a day less"),
    pytest.param("2026-01-31", True, id="for long"),
])  # fmt: skip
def test_the_end_of_a_contract_may_be_proposed(since: str, proposed: bool) -> None:
    assert may_be_ended(date.fromisoformat(since), date(2026, 10, 28)) is proposed
