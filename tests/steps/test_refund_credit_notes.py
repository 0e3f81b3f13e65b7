"""The refunds of a close become credit notes: to the payer and of the line that charged the days given back."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import text

from billing.period import Period
from tasks import drafts, gates, issue
from tasks.ledger import Run, open_close
from tasks.outside import Outside
from tests.steps.gate_rows import write, write_close

pytestmark = pytest.mark.clause("GC-13.2")
D = Decimal


@pytest.fixture
def november(outside: Outside) -> Run:
    """The close of November, after the one of October charged P1 62.00 for two users and P2 40.00 for four channels, both in advance."""
    with outside.engine.begin() as conn:
        write_close(conn, "issue")
    return open_close(outside.engine, Period.month("2026-11"), date(2026, 11, 28))


def rows(outside: Outside, statement: str) -> list[tuple[object, ...]]:
    with outside.engine.connect() as conn:
        return [tuple(row) for row in conn.execute(text(statement))]


def refund(outside: Outside, run: Run, line_no: int, days: str, net: str, *, below_floor: bool = False) -> None:
    with outside.engine.begin() as conn:
        write(
            conn,
            "insert into refund (run_id, line_no, days, termination_id, charged_run_id, net, below_floor, clause)"
            f" values ({run.run_id}, {line_no}, '{days}', 'T1', 1, {net}, {below_floor}, 'GC-13.2')",
        )


NOTES = """
    select invoice.number, credited.number, invoice.payer_id, invoice.net, invoice.vat, invoice.due_on - invoice.issued_on
    from invoice join invoice as credited on credited.invoice_id = invoice.credits_invoice_id order by 1
"""


def test_days_given_back_stand_on_a_credit_note_of_the_invoice_that_charged_them(outside: Outside, november: Run) -> None:
    refund(outside, november, 1, "[2026-11-16,2026-12-01)", "31.00")  # 15 of 30 days of 62.00
    refund(outside, november, 2, "[2026-11-24,2026-12-01)", "9.33", below_floor=True)
    assert drafts.stage(outside, november).figures == {"drafts": 0, "credit notes": 1, "net": "-31.00", "parked payers": 0}
    gates.check(outside, november, "drafts")
    issue.stage(outside, november)
    assert rows(outside, NOTES) == [("C2026-000001", "2026-000001", "P1", D("-31.00"), D("-6.51"), 0)]
    assert rows(
        outside, "select charge, line_id, from_day, to_day, net, clause, note, credits_line_seq from invoice_line where charge = 'refund'"
    ) == [("refund", "L1", date(2026, 11, 16), date(2026, 11, 30), D("-31.00"), "GC-13.2", "pro_rata 15/30", 1)]


def test_one_credit_note_for_each_invoice_credited(outside: Outside, november: Run) -> None:
    refund(outside, november, 1, "[2026-11-16,2026-12-01)", "31.00")
    refund(outside, november, 2, "[2026-11-16,2026-12-01)", "20.00")
    drafts.stage(outside, november)
    issue.stage(outside, november)
    assert rows(outside, NOTES) == [
        ("C2026-000001", "2026-000001", "P1", D("-31.00"), D("-6.51"), 0),
        ("C2026-000002", "2026-000002", "P2", D("-20.00"), D("-4.20"), 0),
    ]


def test_a_parked_payer_is_given_back_nothing_yet_and_the_next_close_can(outside: Outside, november: Run) -> None:
    refund(outside, november, 1, "[2026-11-16,2026-12-01)", "31.00")
    with outside.engine.begin() as conn:
        write(conn, "update party set billing_emails = '' where party_id = 'P1'")
    assert drafts.stage(outside, november).figures == {"drafts": 0, "net": "0.00", "parked payers": 1}
    issue.stage(outside, november)
    assert rows(outside, NOTES) == []
    assert rows(outside, "select count(*) from refund") == [(0,)]
