"""Leaving on PostgreSQL: letters that arrive between closes, what each close then charges, bills as balance and gives back.

Contract C1 of 24 months from 1 March 2025: the term ends on 28 February 2027. Closes are on the 28th.
"""

import json
from dataclasses import dataclass
from datetime import date

import pytest

from billing.leaving import Ending
from tasks import gates, issue
from tasks.leaving import endings
from tasks.ledger import Run, find_run
from tasks.outside import Outside
from tests.steps.charging_operator import Operator, operator

TERM = {"starts_on": "2025-03-01", "term_months": 24}


@dataclass(frozen=True, slots=True)
class Leavers:
    """An operator whose contracts began on 1 March 2025, and what is asked of it."""

    op: Operator

    def letter(self, termination_id: str, received_on: str, requested_on: str = "", by: str = "client", **cells: object) -> None:
        """A termination as the feed brings it, with the import of now."""
        record = {
            "contract_id": "C1", "line_id": "", "end_client_id": "", "by": by, "received_on": received_on, "requested_on": requested_on,
            "client_breach": False, "proof": "", **cells,
        }  # fmt: skip
        newest = self.op.say("insert into import_run (feed) values ('test') returning import_no")[0][0]
        version = self.op.say("select count(*) + 1 from feed_record where record_id = :id", id=termination_id)[0][0]
        self.op.say("update feed_record set superseded_import = :now where record_id = :id", now=newest, id=termination_id)
        self.op.insert(
            "feed_record",
            table_name="terminations",
            record_id=termination_id,
            version=version,
            valid_import=newest,
            record=json.dumps(record),
        )

    def line(self, line_id: str, **cells: object) -> None:
        self.op.line(line_id, **{"starts_on": "2025-03-01", "charged_through": "2026-08-31", **cells})

    def balance(self, run: Run) -> list[str]:
        """The balance a run bills, as `line first..last quantity net clause`."""
        rows = self.op.say(
            "select line_id, lower(days), upper(days) - 1, quantity, net, clause from recurring_charge join line using (line_no)"
            " where run_id = :run_id and charge = 'balance' order by line_id, days",
            run_id=run.run_id,
        )
        return [f"{line} {first}..{last} {quantity} {net} {clause}" for line, first, last, quantity, net, clause in rows]

    def service(self, run: Run) -> list[str]:
        """The days of service a run charges, as `line first..last net`."""
        rows = self.op.say(
            "select line_id, lower(days), upper(days) - 1, net from recurring_charge join line using (line_no)"
            " where run_id = :run_id and charge <> 'balance' order by line_id, days",
            run_id=run.run_id,
        )
        return [f"{line} {first}..{last} {net}" for line, first, last, net in rows]

    def ended(self, run: Run) -> list[str]:
        """The ends a run recorded, as `line last_day termination clause balance_until`."""
        rows = self.op.say(
            "select line_id, past_day - 1, termination_id, clause, balance_until from line_ending join line using (line_no)"
            " where run_id = :run_id order by line_id",
            run_id=run.run_id,
        )
        return [" ".join(str(cell) for cell in row) for row in rows]

    def given_back(self, run: Run) -> list[str]:
        """The refunds a run staged, as `line first..last net paid?`."""
        rows = self.op.say(
            "select line_id, lower(days), upper(days) - 1, net, below_floor, charged_run_id from refund join line using (line_no)"
            " where run_id = :run_id order by line_id, days",
            run_id=run.run_id,
        )
        return [
            f"{line} {first}..{last} {net} {'kept' if floor else 'paid'} of run {run_id}" for line, first, last, net, floor, run_id in rows
        ]

    def critical(self, run: Run) -> list[str]:
        """The critical checks of the recurring gate that fail."""
        found = gates.examine(self.op.outside, find_run(self.op.outside.engine, run.run_id), "recurring")
        return [finding.check for finding in found.findings if not finding.passed and finding.severity == "critical"]

    def warned(self, run: Run) -> list[str]:
        """The other checks of the recurring gate that fail."""
        found = gates.examine(self.op.outside, find_run(self.op.outside.engine, run.run_id), "recurring")
        return [finding.check for finding in found.findings if not finding.passed and finding.severity == "warning"]


@pytest.fixture
def leavers(outside: Outside) -> Leavers:
    op = operator(outside)
    op.say("update contract set starts_on = '2025-03-01'")
    return Leavers(op)


def twelve_users_and_five_numbers(leavers: Leavers) -> None:
    leavers.line("L-USER", quantity=12, unit_price="11.95")
    leavers.line("L-NUMBER", product="bt-number", quantity=5)


# ------------------------------------------------------------------------------------------------ ALLOcloud
@pytest.mark.clause("CG-3.b", "CG-3.d")
def test_a_letter_of_10_october_for_31_october_bills_the_balance_of_november_to_february_573_60(leavers: Leavers) -> None:
    twelve_users_and_five_numbers(leavers)
    leavers.op.close("2026-08")
    leavers.op.close("2026-09")  # charges October
    leavers.letter("T1", "2026-10-10", "2026-10-31")
    october = leavers.op.close("2026-10")
    assert leavers.service(october) == []
    assert leavers.balance(october) == [
        "L-USER 2026-11-01..2026-11-30 12 143.40 CG-3.d",
        "L-USER 2026-12-01..2026-12-31 12 143.40 CG-3.d",
        "L-USER 2027-01-01..2027-01-31 12 143.40 CG-3.d",
        "L-USER 2027-02-01..2027-02-28 12 143.40 CG-3.d",
    ]
    assert leavers.ended(october) == ["L-NUMBER 2026-10-31 T1 CG-3.b None", "L-USER 2026-10-31 T1 CG-3.b 2027-03-01"]
    assert leavers.given_back(october) == []
    assert leavers.critical(october) == []


@pytest.mark.clause("CG-3.b", "CG-3.c", "CG-3.d")
def test_the_same_letter_of_2_november_ends_on_30_november_and_bills_three_months_430_20(leavers: Leavers) -> None:
    twelve_users_and_five_numbers(leavers)
    for month in ("2026-08", "2026-09", "2026-10"):  # the last one charges November on 28 October
        leavers.op.close(month)
    leavers.letter("T1", "2026-11-02", "2026-10-31")
    november = leavers.op.close("2026-11")
    assert leavers.service(november) == []
    assert [row.split()[3] for row in leavers.balance(november)] == ["143.40", "143.40", "143.40"]
    assert leavers.balance(november)[0] == "L-USER 2026-12-01..2026-12-31 12 143.40 CG-3.d"
    assert leavers.ended(november)[1] == "L-USER 2026-11-30 T1 CG-3.b 2027-03-01"
    assert leavers.given_back(november) == []
    assert leavers.critical(november) == []


@pytest.mark.clause("CG-3.d")
def test_a_balance_is_billed_once_and_a_close_staged_again_bills_the_same(leavers: Leavers) -> None:
    twelve_users_and_five_numbers(leavers)
    leavers.op.close("2026-09")
    leavers.letter("T1", "2026-10-10", "2026-10-31")
    october = leavers.op.close("2026-10")
    billed, ended = leavers.balance(october), leavers.ended(october)
    leavers.op.stage(october)
    assert (leavers.balance(october), leavers.ended(october)) == (billed, ended)
    for month in ("2026-11", "2026-12", "2027-03"):
        later = leavers.op.close(month)
        assert (leavers.service(later), leavers.balance(later), leavers.ended(later)) == ([], [], [])


@pytest.mark.clause("CG-3.b", "CG-3.d")
def test_an_end_inside_a_month_is_charged_to_that_day_and_the_rest_is_balance(leavers: Leavers) -> None:
    leavers.line("L-USER", quantity=12, unit_price="11.95")
    leavers.op.close("2026-09")
    leavers.letter("T1", "2026-10-10", "2026-11-20")
    october = leavers.op.close("2026-10")
    assert leavers.service(october) == ["L-USER 2026-11-01..2026-11-20 95.60"]  # 143.40 × 20/30
    assert leavers.balance(october)[0] == "L-USER 2026-11-21..2026-11-30 12 47.80 CG-3.d"  # 143.40 × 10/30
    assert leavers.critical(october) == []


@pytest.mark.clause("CG-3.b")
def test_a_later_day_asked_is_charged_month_by_month_until_the_close_that_passes_it(leavers: Leavers) -> None:
    leavers.line("L-USER", unit_price="11.95")
    leavers.op.close("2026-09")
    leavers.letter("T1", "2026-10-10", "2026-12-31")
    assert leavers.service(leavers.op.close("2026-10")) == ["L-USER 2026-11-01..2026-11-30 11.95"]
    november = leavers.op.close("2026-11")
    assert leavers.service(november) == ["L-USER 2026-12-01..2026-12-31 11.95"]
    assert (leavers.balance(november), leavers.ended(november)) == ([], [])
    december = leavers.op.close("2026-12")
    assert [row.split()[1] for row in leavers.balance(december)] == ["2027-01-01..2027-01-31", "2027-02-01..2027-02-28"]
    assert leavers.critical(december) == []


@pytest.mark.clause("CG-3.d")
def test_the_balance_is_at_the_quantity_of_the_previous_invoice_not_of_the_count_of_today(leavers: Leavers) -> None:
    leavers.line("L-CHANNEL", product="sip-channel", quantity=2)
    leavers.op.snapshot("2026-09-27", {"L-CHANNEL": {"channel": 4}})
    leavers.op.snapshot("2026-10-27", {"L-CHANNEL": {"channel": 7}})
    leavers.op.close("2026-09")
    leavers.letter("T1", "2026-10-10", "2026-11-15")
    october = leavers.op.close("2026-10")
    assert leavers.service(october) == ["L-CHANNEL 2026-11-01..2026-11-15 35.00"]  # 7 × 10.00 × 15/30
    assert leavers.balance(october)[1] == "L-CHANNEL 2026-12-01..2026-12-31 4 40.00 CG-3.d"


@pytest.mark.clause("CG-3.b", "CG-3.d")
def test_one_line_of_a_contract_is_terminated_and_the_others_go_on(leavers: Leavers) -> None:
    leavers.line("L-ONE", unit_price="10.00")
    leavers.line("L-TWO", unit_price="10.00")
    leavers.op.close("2026-09")
    leavers.letter("T1", "2026-10-10", "2026-10-31", line_id="L-ONE")
    october = leavers.op.close("2026-10")
    assert leavers.service(october) == ["L-TWO 2026-11-01..2026-11-30 10.00"]
    assert {row.split()[0] for row in leavers.balance(october)} == {"L-ONE"}
    assert leavers.ended(october) == ["L-ONE 2026-10-31 T1 CG-3.b 2027-03-01"]


@pytest.mark.clause("CG-3.b")
def test_a_letter_that_came_after_the_close_date_is_not_known_to_that_close(leavers: Leavers) -> None:
    twelve_users_and_five_numbers(leavers)
    leavers.op.close("2026-09")
    leavers.letter("T1", "2026-10-29", "2026-10-31")
    october = leavers.op.close("2026-10")
    assert leavers.service(october) == ["L-NUMBER 2026-11-01..2026-11-30 5.00", "L-USER 2026-11-01..2026-11-30 143.40"]
    assert leavers.ended(october) == []
    november = leavers.op.close("2026-11")
    assert leavers.ended(november)[1] == "L-USER 2026-11-30 T1 CG-3.b 2027-03-01"


@pytest.mark.clause("CG-3.b")
def test_a_letter_received_on_the_day_of_a_close_waits_for_the_days_that_close_charges(leavers: Leavers) -> None:
    twelve_users_and_five_numbers(leavers)
    leavers.op.close("2026-09")
    leavers.letter("T1", "2026-10-28", "2026-10-31")
    october = leavers.op.close("2026-10")
    assert leavers.service(october)[1] == "L-USER 2026-11-01..2026-11-30 143.40"
    assert leavers.ended(leavers.op.close("2026-11"))[1] == "L-USER 2026-11-30 T1 CG-3.b 2027-03-01"


@pytest.mark.clause("CG-3.b", "CG-3.c")
def test_a_letter_recorded_late_charges_the_client_no_more_and_the_gate_says_so(leavers: Leavers) -> None:
    leavers.line("L-USER", quantity=12, unit_price="11.95")
    leavers.op.close("2026-09")
    leavers.op.close("2026-10")  # charges November, though the letter lies in somebody's drawer
    leavers.letter("T1", "2026-10-10", "2026-10-31")
    november = leavers.op.close("2026-11")
    assert leavers.ended(november) == ["L-USER 2026-10-31 T1 CG-3.b 2027-03-01"]
    assert [row.split()[1] for row in leavers.balance(november)] == [
        "2026-12-01..2026-12-31", "2027-01-01..2027-01-31", "2027-02-01..2027-02-28",
    ]  # fmt: skip
    assert (leavers.critical(november), leavers.warned(november)) == ([], ["charged_past_end"])


@pytest.mark.clause("CG-3.b")
def test_a_corrected_letter_is_followed_from_the_next_close_and_no_day_is_billed_twice(leavers: Leavers) -> None:
    leavers.line("L-USER", quantity=12, unit_price="11.95")
    leavers.op.close("2026-09")
    leavers.letter("T1", "2026-10-10", "2026-10-31")
    leavers.op.close("2026-10")
    leavers.letter("T1", "2026-10-10", "2026-12-31")  # the day was mistyped
    november = leavers.op.close("2026-11")
    assert leavers.ended(november) == ["L-USER 2026-12-31 T1 CG-3.b 2027-03-01"]
    assert (leavers.service(november), leavers.balance(november), leavers.critical(november)) == ([], [], [])


@pytest.mark.clause("CG-3.d")
def test_a_line_that_cannot_be_priced_stops_the_balance_at_the_gate(leavers: Leavers) -> None:
    leavers.op.insert("product", product="new", version=1, valid_import=1, service="sip_trunking", kind="other", timing="advance",
                      name_fr="", name_nl="", name_en="")  # fmt: skip
    leavers.line("L-NEW", product="new", charged_through="2026-10-31")
    leavers.letter("T1", "2026-10-10", "2026-10-31")
    assert leavers.critical(leavers.op.close("2026-10")) == ["unpriced"]


# ------------------------------------------------------------------------------------------------ bankruptcy
@pytest.mark.clause("CG-3.e", "CG-2.a")
def test_of_three_end_clients_behind_a_partner_the_bankrupt_one_is_charged_no_more_under_any_contract(leavers: Leavers) -> None:
    leavers.op.contract("C2", starts_on="2025-03-01")
    for client in ("A", "B", "C"):
        leavers.line(f"L-{client}", end_client_id=client, unit_price="10.00")
    leavers.line("L-B-TWO", end_client_id="B", contract_id="C2", unit_price="20.00", charged_through="2026-09-30")
    leavers.op.close("2026-09")
    leavers.letter("T1", "2026-10-12", by="bankruptcy", end_client_id="B", proof="judgment of 9 October")
    october = leavers.op.close("2026-10")
    assert leavers.service(october) == ["L-A 2026-11-01..2026-11-30 10.00", "L-C 2026-11-01..2026-11-30 10.00"]
    assert leavers.ended(october) == ["L-B 2026-10-11 T1 CG-3.e None", "L-B-TWO 2026-10-11 T1 CG-3.e None"]
    assert (leavers.balance(october), leavers.given_back(october), leavers.critical(october)) == ([], [], [])


@pytest.mark.clause("CG-3.e")
def test_days_before_the_proof_that_nobody_charged_yet_are_still_charged(leavers: Leavers) -> None:
    leavers.line("L-USER", unit_price="31.00", charged_through="2026-09-30")
    leavers.letter("T1", "2026-10-11", by="bankruptcy", end_client_id="P1", proof="judgment")
    assert leavers.service(leavers.op.close("2026-10")) == ["L-USER 2026-10-01..2026-10-10 10.00"]


# ------------------------------------------------------------------------------------------------ Telavox
def telavox(leavers: Leavers, unit_price: str, timing: str) -> None:
    """Line L-TLX of one user under a Telavox contract, its product billed in advance or in arrears."""
    leavers.op.contract("C3", terms="telavox", starts_on="2024-01-01")
    leavers.op.insert("product", product="tlx-own", version=1, valid_import=1, service="telavox", kind="licence", timing=timing,
                      name_fr="", name_nl="", name_en="")  # fmt: skip
    leavers.line("L-TLX", product="tlx-own", contract_id="C3", unit_price=unit_price, starts_on="2024-01-01")


@pytest.mark.clause("GC-13.2")
@pytest.mark.parametrize(
    ("unit_price", "net", "paid"),
    [
        pytest.param("31.00", "10.00", "paid", id="10.00 EUR are given back"),
        pytest.param("30.97", "9.99", "kept", id="9.99 EUR are not"),
    ],
)
def test_a_telavox_line_in_advance_ended_on_21_december_gives_back_ten_days(leavers: Leavers, unit_price: str, net: str, paid: str) -> None:
    telavox(leavers, unit_price, "advance")
    leavers.op.close("2026-10")
    charged = leavers.op.close("2026-11")  # charges December on 28 November
    leavers.letter("T1", "2026-12-10", "2026-12-21", contract_id="C3")  # the term ended on 31 December 2025
    december = leavers.op.close("2026-12")
    assert leavers.given_back(december) == [f"L-TLX 2026-12-22..2026-12-31 {net} {paid} of run {charged.run_id}"]
    assert leavers.ended(december) == ["L-TLX 2026-12-21 T1 GC-11.2 None"]
    assert (leavers.service(december), leavers.balance(december), leavers.critical(december)) == ([], [], [])
    leavers.op.stage(december)
    assert len(leavers.given_back(december)) == 1
    assert leavers.given_back(leavers.op.close("2027-01")) == []


@pytest.mark.clause("GC-13.2")
def test_what_was_too_little_is_given_back_with_what_a_corrected_letter_adds(leavers: Leavers) -> None:
    telavox(leavers, "31.00", "advance")
    leavers.op.close("2026-10")
    charged = leavers.op.close("2026-11")  # charges December
    leavers.letter("T1", "2026-12-10", "2026-12-25", contract_id="C3")
    december = leavers.op.close("2026-12")
    assert leavers.given_back(december) == [f"L-TLX 2026-12-26..2026-12-31 6.00 kept of run {charged.run_id}"]
    assert leavers.given_back(leavers.op.close("2027-01")) == []  # said once
    leavers.letter("T1", "2026-12-10", "2026-12-15", contract_id="C3")
    february = leavers.op.close("2027-02")
    assert leavers.given_back(february) == [f"L-TLX 2026-12-16..2026-12-31 16.00 paid of run {charged.run_id}"]
    assert leavers.critical(february) == []
    assert leavers.given_back(leavers.op.close("2027-03")) == []


@pytest.mark.clause("GC-13.2")
def test_days_given_back_for_an_end_that_was_put_off_since_are_named_for_a_person_to_charge(leavers: Leavers) -> None:
    telavox(leavers, "31.00", "advance")
    leavers.op.close("2026-10")
    leavers.op.close("2026-11")  # charges December
    leavers.letter("T1", "2026-12-10", "2026-12-21", contract_id="C3")
    leavers.op.close("2026-12")  # gives 22 to 31 December back
    leavers.letter("T1", "2026-12-10", "2027-01-31", contract_id="C3")  # the day was mistyped: December was served to its end
    january = leavers.op.close("2027-01")
    assert leavers.service(january) == ["L-TLX 2027-01-01..2027-01-31 31.00"]
    assert (leavers.critical(january), leavers.warned(january)) == ([], ["served_after_refund"])


@pytest.mark.clause("GC-11.2", "GC-5.2")
def test_a_telavox_line_in_arrears_is_charged_to_its_last_day_and_no_further(leavers: Leavers) -> None:
    telavox(leavers, "31.00", "arrears")
    leavers.op.close("2026-09")
    leavers.letter("T1", "2026-10-10", "2026-10-21", contract_id="C3")
    october = leavers.op.close("2026-10")
    assert leavers.service(october) == ["L-TLX 2026-10-01..2026-10-21 21.00"]
    assert (leavers.given_back(october), leavers.critical(october)) == ([], [])
    assert leavers.service(leavers.op.close("2026-11")) == []


@pytest.mark.clause("GC-11.2")
def test_a_telavox_notice_one_day_late_lets_the_contract_run_on_a_month_past_its_term(leavers: Leavers) -> None:
    # 24 months from 1 January 2025: the term ends on 31 December 2026, notice is due by 30 September.
    leavers.op.contract("C3", terms="telavox", starts_on="2025-01-01")
    leavers.line("L-TLX", product="tlx-user", contract_id="C3", starts_on="2025-01-01", charged_through="2026-11-30")
    leavers.letter("T1", "2026-10-01", "2026-12-31", contract_id="C3")
    assert leavers.service(leavers.op.close("2026-12")) == ["L-TLX 2026-12-01..2026-12-31 20.00"]
    assert leavers.service(leavers.op.close("2027-01")) == ["L-TLX 2027-01-01..2027-01-31 20.00"]
    february = leavers.op.close("2027-02")
    assert (leavers.service(february), leavers.ended(february)) == ([], ["L-TLX 2027-01-31 T1 GC-11.2 None"])


@pytest.mark.clause("GC-13.3")
def test_ended_by_the_operator_after_a_breach_the_rest_of_the_term_is_billed(leavers: Leavers) -> None:
    leavers.op.contract("C3", terms="telavox", starts_on="2025-03-01")
    leavers.line("L-TLX", product="tlx-user", contract_id="C3", quantity=4, charged_through="2026-10-31")
    leavers.letter("T1", "2026-11-20", by="operator", client_breach=True, contract_id="C3")
    leavers.op.close("2026-10")
    november = leavers.op.close("2026-11")
    assert leavers.service(november) == ["L-TLX 2026-11-01..2026-11-20 53.33"]  # 80.00 × 20/30
    assert leavers.balance(november) == [
        "L-TLX 2026-11-21..2026-11-30 4 26.67 GC-13.3",
        "L-TLX 2026-12-01..2026-12-31 4 80.00 GC-13.3",
        "L-TLX 2027-01-01..2027-01-31 4 80.00 GC-13.3",
        "L-TLX 2027-02-01..2027-02-28 4 80.00 GC-13.3",
    ]
    assert (leavers.critical(november), leavers.warned(november)) == ([], ["breach_unproven"])


@pytest.mark.clause("GC-13.2")
def test_days_an_earlier_system_charged_past_the_end_are_named_for_a_person_to_give_back(leavers: Leavers) -> None:
    telavox(leavers, "31.00", "advance")
    leavers.op.say("update order_line set charged_through = '2026-10-31'")
    leavers.letter("T1", "2026-10-10", "2026-10-20", contract_id="C3")
    october = leavers.op.close("2026-10")
    assert (leavers.given_back(october), leavers.warned(october)) == ([], ["charged_elsewhere"])


# ------------------------------------------------------------------------------------------------ orders, parked payers, other steps
@pytest.mark.clause("WM-2.b", "CG-3.b")
def test_a_prepaid_subscription_ends_with_the_term_paid_and_is_not_renewed(leavers: Leavers) -> None:
    leavers.op.line("L-WM", product="wm-licence", starts_on="2026-09-10", charged_through=None)
    leavers.op.orders("2026-09-10")  # charges 10 September to 9 October
    leavers.letter("T1", "2026-09-15", "2026-09-30")
    run = leavers.op.orders("2026-10-05")
    assert leavers.op.charged(run) == []
    october = leavers.op.close("2026-10")
    assert leavers.ended(october) == ["L-WM 2026-10-09 T1 CG-3.b None"]


@pytest.mark.clause("CG-3.b", "BT-2.a", "BT-2.j")
def test_after_the_end_nothing_more_is_sold_but_a_number_is_still_ported_out(leavers: Leavers) -> None:
    leavers.op.orders("2026-11-04")
    leavers.letter("T1", "2026-09-15", "2026-10-31")
    leavers.op.insert("product", product="porting", version=1, valid_import=1, service="business_telephony", kind="porting_out",
                      timing="at_order", name_fr="", name_nl="", name_en="")  # fmt: skip
    leavers.op.line("L-PHONE", product="bt-phone", starts_on="2026-11-05", charged_through=None)
    leavers.op.line("L-PORT", product="porting", unit_price="25.00", starts_on="2026-11-05", charged_through=None)
    leavers.op.orders("2026-11-05")
    assert leavers.op.once() == ["L-PORT 2026-11-05 1 25.00 BT-2.j"]


@pytest.mark.clause("CG-3.d")
def test_a_parked_payer_owes_no_balance_until_he_can_be_billed(leavers: Leavers) -> None:
    leavers.line("L-USER", unit_price="11.95")
    leavers.op.close("2026-09")
    leavers.letter("T1", "2026-10-10", "2026-10-31")
    october = leavers.op.close("2026-10")
    leavers.op.insert("parked_payer", run_id=october.run_id, payer_id="P1", step="drafts", reason="", advice="")
    leavers.op.stage(october)
    assert (leavers.balance(october), leavers.ended(october)) == ([], [])
    november = leavers.op.close("2026-11")
    assert len(leavers.balance(november)) == 4


@pytest.mark.clause("CG-3.b")
def test_what_a_run_has_staged_itself_does_not_move_the_ends_it_knows(leavers: Leavers) -> None:
    leavers.line("L-USER", unit_price="11.95")
    leavers.op.close("2026-09")
    leavers.letter("T1", "2026-10-10", "2026-10-15")
    october = find_run(leavers.op.outside.engine, leavers.op.close("2026-10").run_id)
    with leavers.op.outside.engine.connect() as conn:
        [found] = endings(conn, october).values()
    assert found == Ending(found.line_no, "T1", date(2026, 11, 1), "CG-3.b", date(2027, 3, 1), "CG-3.d", refunds=False)


@pytest.mark.clause("GC-13.2")
def test_the_issue_takes_back_what_was_decided_of_a_payer_parked_at_the_drafts_and_the_next_close_decides_it(leavers: Leavers) -> None:
    telavox(leavers, "31.00", "advance")
    leavers.op.close("2026-10")
    leavers.op.close("2026-11")  # charges December
    leavers.letter("T1", "2026-12-10", "2026-12-21", contract_id="C3")
    december = leavers.op.close("2026-12")
    assert (len(leavers.ended(december)), len(leavers.given_back(december))) == (1, 1)
    leavers.op.insert("parked_payer", run_id=december.run_id, payer_id="P1", step="drafts", reason="", advice="")
    issue.stage(leavers.op.outside, find_run(leavers.op.outside.engine, december.run_id))
    assert (leavers.ended(december), leavers.given_back(december)) == ([], [])
    january = leavers.op.close("2027-01")
    assert (len(leavers.ended(january)), len(leavers.given_back(january))) == (1, 1)
