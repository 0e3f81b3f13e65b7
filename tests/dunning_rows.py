"""What the ledger says of a day of dunning, by plain SQL of its own: no query of the product is used."""

from typing import Any

from sqlalchemy import Engine, text

Row = dict[str, Any]

LETTERS = """
select notice.notice_id, notice.payer_id, notice.level, notice.noticed_on, anchor.number as anchor, notice.anchor_due_on, notice.open_amount,
    notice.fee, notice.recovery_cost, notice.order_no, delivery.state, delivery.channel, delivery.recipients, delivery.message_id,
    (select jsonb_object_agg(number, cast(listed.open_amount as text)) from dunning_notice_invoice as listed join invoice using (invoice_id)
     where listed.notice_id = notice.notice_id) as asked
from dunning_notice as notice
join delivery using (delivery_id)
join invoice as anchor on anchor.invoice_id = notice.anchor_invoice_id
where notice.noticed_on = :day
order by notice.payer_id
"""
ORDERS = """
select ordered.order_no, ordered.payer_id, ordered.measure, ordered.restores_order_no, ordered.ordered_on, ordered.state, ordered.decided_on,
    ordered.decided_by, ordered.sent_on, ordered.effective_on, ground.clause, ground.amount, ground.invoices,
    (select array_agg(end_client_id order by end_client_id) from suspension_scope as scope where scope.order_no = ordered.order_no) as clients
from suspension_order as ordered
left join suspension_ground as ground on ground.order_no = ordered.order_no
order by ordered.order_no
"""
OPEN = """
select invoice.number, invoice.gross - coalesce(paid.amount, 0) - coalesce(credited.amount, 0) as amount
from invoice
left join (select invoice_id, sum(amount) as amount from payment group by invoice_id) as paid using (invoice_id)
left join (select credits_invoice_id as invoice_id, -sum(gross) as amount from invoice where number is not null group by 1) as credited
    using (invoice_id)
where invoice.number is not null and invoice.kind <> 'credit_note'
    and invoice.gross <> coalesce(paid.amount, 0) + coalesce(credited.amount, 0)
"""
MONEY = """
select
    (select coalesce(sum(amount), 0) from bank_movement) as moved,
    (select coalesce(sum(closing - opening), 0) from bank_statement) as balances,
    (select coalesce(sum(amount), 0) from allocation) as allocated,
    (select coalesce(sum(amount), 0) from allocation where place = 'invoice') as on_invoices,
    (select coalesce(sum(amount), 0) from allocation where place = 'on_account') as on_account,
    (select coalesce(sum(amount), 0) from allocation where place = 'unmatched') as unmatched,
    (select coalesce(sum(amount), 0) from allocation where place = 'aside') as aside,
    (select coalesce(sum(amount), 0) from payment) as paid
"""
CHARGES = """
select charge.payer_id, charge.what, coalesce(late.number, delivery.message_id, charge.cost_id, cast(charge.order_no as text)) as of_what,
    charge.amount, note.number, note.issued_on, note.due_on, note.gross, note.vat, line.net
from run
join late_charge as charge using (run_id)
left join invoice as late on late.invoice_id = charge.invoice_id
left join dunning_notice as notice on notice.notice_id = charge.notice_id
left join delivery on delivery.delivery_id = notice.delivery_id
left join invoice as note on note.invoice_id = charge.debit_note_id
left join invoice_line as line on line.invoice_id = note.invoice_id and line.line_seq = charge.line_seq
where run.run_on = :day
"""
PROPOSED = "select order_no, proposed_on from end_proposal"
SENT_TWICE = "select message_id from delivery where purpose = 'reminder' group by message_id having count(*) > 1"


def rows(engine: Engine, statement: str, **values: object) -> list[Row]:
    """The rows of a statement by column."""
    with engine.connect() as conn:
        return [dict(row) for row in conn.execute(text(statement), values).mappings()]
