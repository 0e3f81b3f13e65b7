-- One row per late charge on the debit notes given: its line, what was charged before, and the letter behind it, if there is one. EUR.
-- returns: tasks.late_records.ChargeRow
select charge.debit_note_id as invoice_id, charge.line_seq, charge.what, charge.charged_before, charge.amount,
    letter.noticed_on as letter_on, coalesce(letter.level, 0) as level
from late_charge as charge
left join dunning_notice as letter using (notice_id)
where charge.debit_note_id = any(cast(:invoice_ids as bigint[]))
order by charge.debit_note_id, charge.line_seq;
