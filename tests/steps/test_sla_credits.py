"""SLA credits on invoices, in the order of their days, and on the payout list when the contract has ended (GC-10.5)."""

from decimal import Decimal

import pytest

from reports.wording import wording
from tasks import sla_credits
from tasks.ledger import Run, find_run
from tasks.outside import Outside
from tests.steps.billed_operator import Billed, billed

pytestmark = pytest.mark.clause("GC-10.5")
D = Decimal
FORTY = {"product": "sip-channel", "quantity": 4}  # 4 channels at 10.00


@pytest.fixture
def op(outside: Outside) -> Billed:
    return billed(outside)


def payouts(op: Billed, run: Run) -> list[tuple[str, str, str]]:
    with op.outside.engine.connect() as conn:
        found = sla_credits.payouts(conn, find_run(op.outside.engine, run.run_id))
    return [(row.credit_id, str(row.used), str(row.left)) for row in found]


def test_a_credit_of_100_is_used_40_on_the_next_two_invoices_and_20_on_the_third(op: Billed) -> None:
    op.line("L1", **FORTY)
    op.credit("K1", "2026-10-20", "100.00")
    runs = [op.bill_close(month) for month in ("2026-10", "2026-11", "2026-12", "2027-01")]
    assert [op.used(run) for run in runs] == [["K1 40.00"], ["K1 40.00"], ["K1 20.00"], []]
    assert [op.invoices(run)[0][2] for run in runs] == [D("0.00"), D("0.00"), D("20.00"), D("40.00")]
    assert op.shown(runs[2]) == ["P1 recurring 2027-01-01..2027-01-31 40.00", "P1 credit 2026-10-20..2026-10-20 -20.00"]
    assert payouts(op, runs[3]) == []


def test_the_line_says_what_it_is_for_and_what_is_left(op: Billed) -> None:
    op.line("L1", **FORTY)
    op.credit("K1", "2026-10-20", "1050.00")
    op.bill_close("2026-10")
    [row] = op.say(
        "select description, note, line_id, product, clause, quantity, unit_price, net, vat_category, vat_rate from invoice_line"
        " where charge = 'credit'"
    )
    assert row[0] == "Credit – 6 hours down"
    assert wording("en").note(str(row[1])) == "Credit granted: €1,050.00; €1,010.00 of it is left for your next invoices."
    assert row[2:] == ("", "", "GC-10.5", D("1.000000"), D("-40.000000"), D("-40.00"), "S", D("21.00"))
    assert op.say("select base, vat from invoice_vat") == [(D("0.00"), D("0.00"))]


def test_what_is_left_when_the_contract_has_ended_is_paid_out_once(op: Billed) -> None:
    op.line("L1", **FORTY, ends_on="2026-12-31")
    op.credit("K1", "2026-10-20", "100.00")
    first, second = op.bill_close("2026-10"), op.bill_close("2026-11")
    assert (op.used(first), op.used(second)) == (["K1 40.00"], ["K1 40.00"])
    assert payouts(op, second) == []  # 28 November: the contract ends on 31 December
    third = op.bill_close("2026-12")
    assert payouts(op, third) == []  # 28 December, three days to go
    last = op.bill_close("2027-01")
    assert payouts(op, last) == [("K1", "80.00", "20.00")]
    op.line("L2", **FORTY, starts_on="2027-02-10", charged_through="2027-01-31")
    again = op.bill_close("2027-02")
    assert (op.used(again), payouts(op, again)) == ([], [])


def test_a_contract_ended_by_a_letter_is_paid_out_when_its_last_day_is_past(op: Billed) -> None:
    op.line("L1", **FORTY)
    op.credit("K1", "2026-10-20", "100.00")
    op.say("update contract set term_months = 0")
    op.record("terminations", "T1", contract_id="C1", line_id=None, end_client_id=None, by="client", received_on="2026-10-10",
              requested_on="2026-10-31", client_breach="false", proof="letter")  # fmt: skip
    assert payouts(op, op.bill_close("2026-10")) == []
    assert payouts(op, op.bill_close("2026-11")) == [("K1", "0.00", "100.00")]


def test_goods_that_are_never_sold_because_the_contract_ended_first_hold_no_credit_back(op: Billed) -> None:
    op.line("L1", **FORTY)
    op.line("L2", product="bt-phone", charged_through=None)
    op.credit("K1", "2026-10-20", "100.00")
    op.say("update contract set term_months = 0")
    op.record("terminations", "T1", contract_id="C1", line_id=None, end_client_id=None, by="client", received_on="2026-10-10",
              requested_on="2026-10-31", client_breach="false", proof="letter")  # fmt: skip
    op.say("update contract set confirmed_on = '2026-11-05'")  # in force only when it had ended: the first orders run finds nothing to sell
    op.orders("2026-11-10")
    assert op.once() == []
    assert payouts(op, op.bill_close("2026-11")) == [("K1", "0.00", "100.00")]


def test_while_a_day_or_another_line_is_still_to_be_billed_nothing_is_paid_out(op: Billed) -> None:
    op.line("L1", **FORTY, ends_on="2026-10-31")
    op.line("L2", product="bt-number")
    op.credit("K1", "2026-10-20", "100.00")
    assert payouts(op, op.bill_close("2026-11")) == []


def test_the_oldest_credit_is_used_first_whatever_its_id(op: Billed) -> None:
    op.line("L1", **FORTY)
    op.credit("K1", "2026-10-20", "30.00")
    op.credit("K2", "2026-10-19", "25.00")
    assert op.used(op.bill_close("2026-10")) == ["K2 25.00", "K1 15.00"]


def test_a_credit_granted_after_the_run_waits(op: Billed) -> None:
    op.line("L1", **FORTY)
    op.credit("K1", "2026-10-29", "30.00")
    assert op.used(op.bill_close("2026-10")) == []
    assert op.used(op.bill_close("2026-11")) == ["K1 30.00"]


def test_the_invoice_of_an_order_uses_it_too_and_a_draft_that_waits_has_it_in_hand(op: Billed) -> None:
    op.line("L1", **FORTY)
    op.line("L2", product="bt-phone", charged_through=None, starts_on="2026-10-20")
    op.credit("K1", "2026-10-20", "100.00")
    waiting = op.draft(op.close("2026-10"))
    assert op.used(waiting) == ["K1 40.00"]
    assert op.used(op.bill_orders("2026-10-29")) == ["K1 60.00"]
    op.draft(waiting)  # made again: gives its 40.00 back first
    assert op.used(waiting) == ["K1 40.00"]


def test_two_payment_terms_of_a_payer_share_his_credit_and_another_payer_has_none_of_it(op: Billed) -> None:
    op.party("P2")
    op.contract("C2", payer_id="P1", payment_days=14)
    op.contract("C3", payer_id="P2")
    for number, contract_id in enumerate(("C1", "C2", "C3"), start=1):
        op.line(f"L{number}", **FORTY, contract_id=contract_id)
    op.credit("K1", "2026-10-20", "50.00")
    run = op.bill_close("2026-10")
    assert op.used(run) == ["K1 40.00", "K1 10.00"]
    assert [line for line in op.shown(run) if "credit" in line] == [
        "P1 credit 2026-10-20..2026-10-20 -40.00", "P1 credit 2026-10-20..2026-10-20 -10.00",
    ]  # fmt: skip


def test_a_parked_payer_uses_no_credit_and_is_paid_nothing_out(op: Billed) -> None:
    op.line("L1", **FORTY, ends_on="2026-11-15")
    op.credit("K1", "2026-10-20", "100.00")
    op.say("update party set billing_emails = ''")
    run = op.bill_close("2026-11")
    assert (op.used(run), payouts(op, run)) == ([], [])


def test_what_a_credit_note_takes_back_can_be_used_again(op: Billed) -> None:
    op.line("L1", **FORTY)
    op.credit("K1", "2026-10-20", "40.00")
    first = op.bill_close("2026-10")
    assert op.used(first) == ["K1 40.00"]
    op.say("insert into run (kind, run_on, subject, request) values ('credit', '2026-11-02', '2026-000001', '{}')")
    _credit_in_full(op)
    assert op.used(op.bill_close("2026-11")) == ["K1 40.00"]


def _credit_in_full(op: Billed) -> None:
    """A credit note over every line of the first invoice, as the ledger has it once issued."""
    note = "(select max(invoice_id) from invoice)"
    op.say(
        "insert into invoice (run_id, kind, payer_id, payer_version, payment_days, net, vat, gross, credits_invoice_id, reason)"
        " select (select max(run_id) from run), 'credit_note', 'P1', 1, 0, 0, 0, 0, invoice_id, 'wrong' from invoice"
    )
    op.say(
        f"insert into invoice_line select {note}, line_seq, contract_id, end_client_id, line_id, product, description, 'credit', from_day,"
        " to_day, quantity, unit_price, -net, vat_category, vat_rate, clause, '', line_seq from invoice_line"
    )
    op.say(f"insert into invoice_vat select {note}, vat_category, vat_rate, 0, 0 from invoice_vat")
    op.say(
        "with taken as (insert into number_series values ('credit_note-2026', 1))"
        " update invoice set series = 'credit_note-2026', seq = 1, number = 'C2026-000001', issued_on = '2026-11-02', due_on = '2026-11-02',"
        " structured_reference = 'x' where kind = 'credit_note'"
    )


def test_no_draft_of_a_month_set_aside_keeps_a_credit(op: Billed) -> None:
    op.line("L1", **FORTY)
    op.credit("K1", "2026-10-20", "100.00")
    run = op.draft(op.close("2026-10"))
    op.say("delete from invoice")
    assert op.used(run) == []
