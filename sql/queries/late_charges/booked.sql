-- One row per interest of the invoices given that an issued debit note of another run charged up to a day, and (below zero) that a credit
-- note on it took back. EUR.
-- returns: tasks.late_charges.gathering.BookedRow
select charge.invoice_id, note.issued_on as on, charge.amount
from late_charge as charge
join invoice as note on note.invoice_id = charge.debit_note_id
where charge.invoice_id = any(cast(:invoice_ids as bigint[])) and charge.run_id <> :run_id
    and note.number is not null and note.issued_on <= cast(:day as date)
union all
select charge.invoice_id, credit.issued_on, taken.net
from late_charge as charge
join invoice as credit on credit.credits_invoice_id = charge.debit_note_id
join invoice_line as taken on taken.invoice_id = credit.invoice_id and taken.credits_line_seq = charge.line_seq
where charge.invoice_id = any(cast(:invoice_ids as bigint[])) and charge.run_id <> :run_id
    and credit.number is not null and credit.issued_on <= cast(:day as date)
order by 1, 2, 3 desc;
