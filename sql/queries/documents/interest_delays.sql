-- One row per delay of the interest on the debit notes given, in order. EUR; per_month is a share.
-- returns: tasks.late_records.DelayRow
select charge.debit_note_id as invoice_id, charge.line_seq, delay.from_day, delay.to_day, delay.open_amount, delay.per_month, delay.cost
from late_charge as charge
join interest_delay as delay using (run_id, charge_no)
where charge.debit_note_id = any(cast(:invoice_ids as bigint[]))
order by charge.debit_note_id, charge.line_seq, delay.seq;
