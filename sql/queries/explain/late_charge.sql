-- The late charge behind a line of a debit note: what it is for, the policy it rests on, what it was computed from. EUR.
-- returns: tasks.explain.late.LateChargeRow
select charge.run_id, charge.charge_no, charge.what, charge.charged_before, charge.amount, charge.policy, charge.clause, charge.from_day,
    late.number as invoice_number, late.due_on, late.gross,
    coalesce((select sum(note.gross) from invoice as note
        where note.credits_invoice_id = late.invoice_id and note.number is not null and note.issued_on <= run.run_on), 0.00) as credited,
    letter.level, letter.noticed_on as letter_on, letter.fee, letter.recovery_cost, delivery.channel,
    cost.cost_id, cost.amount as incurred, charge.order_no, run.run_on, step.settings
from late_charge as charge
join run using (run_id)
join run_step as step on step.run_id = run.run_id and step.step = 'late_charges'
left join invoice as late using (invoice_id)
left join dunning_notice as letter using (notice_id)
left join delivery using (delivery_id)
left join recovery_cost_at(:import_no) as cost using (cost_id)
where charge.debit_note_id = :invoice_id and charge.line_seq = :line_seq;
