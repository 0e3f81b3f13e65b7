"""Which clauses stand on documents: counted on everything issued and sent, and on nothing else."""

import pytest
from sqlalchemy import text

from tasks import documents
from tasks.cited import FILE, Cited, clauses_on_documents, write_cited
from tasks.outside import Outside
from tests.documents import closed_month


@pytest.fixture
def closed(outside: Outside) -> Outside:
    """October 2026: two invoices, three summaries, and a reminder sent to SOLO."""
    run = closed_month.fill(outside.engine)
    documents.stage(outside, run)
    return outside


def test_lines_notes_and_summaries_are_counted_by_clause_with_the_first_as_example(closed: Outside) -> None:
    assert clauses_on_documents(closed.engine) == [
        Cited("BT-2.b", "invoice line, recurring", 3, "2026-000001"),
        Cited("BT-2.c", "invoice line, usage", 1, "2026-000002"),
        Cited("BT-2.f", "monthly summary", 2, "2026-000001 ALFA L-ALFA"),
        Cited("BT-2.h", "invoice line, in its note", 1, "2026-000002"),
        Cited("BT-2.h", "monthly summary", 1, "2026-000002 SOLO L-SOLO"),
    ]


def test_a_reminder_counts_once_it_is_sent(closed: Outside) -> None:
    with closed.engine.begin() as conn:
        conn.execute(
            text(
                "insert into delivery (purpose, payer_id, channel, recipients, message_id, state) values ('reminder', 'SOLO', 'email', 'a@b.c', 'm', 'pending')"
            )
        )
        conn.execute(text(
            "insert into dunning_notice (payer_id, policy, level, noticed_on, anchor_invoice_id, anchor_due_on, open_amount, clause, delivery_id)"
            " select 'SOLO', 'contract', 1, '2026-12-04', min(invoice_id), '2026-11-27', 90, 'CG-2.d', (select delivery_id from delivery where purpose = 'reminder') from invoice"
        ))  # fmt: skip
    assert "CG-2.d" not in [each.clause for each in clauses_on_documents(closed.engine)]
    with closed.engine.begin() as conn:
        conn.execute(text("update delivery set state = 'sent' where purpose = 'reminder'"))
    assert Cited("CG-2.d", "reminder, level 1", 1, "SOLO 2026-12-04") in clauses_on_documents(closed.engine)


def test_the_file_has_a_row_for_each_and_the_line_names_the_clauses(closed: Outside) -> None:
    assert write_cited(closed.engine, closed.out) == "clauses seen on documents: BT-2.b, BT-2.c, BT-2.f, BT-2.h"
    assert closed.out.read(FILE).decode().splitlines()[:2] == [
        "clause,document,times,example",
        'BT-2.b,"invoice line, recurring",3,2026-000001',
    ]


def test_before_anything_is_issued_no_clause_is_seen(outside: Outside) -> None:
    assert write_cited(outside.engine, outside.out) == "clauses seen on documents: none"
