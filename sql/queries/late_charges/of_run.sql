-- One row per charge of a run, in the order of the debit notes, with what its line says: the invoice, the letter, the order.
-- returns: tasks.late_charges.debit_notes.ChargeRow
select charge.charge_no, charge.payer_id, charge.what, charge.from_day, charge.to_day, charge.amount, charge.clause, charge.note,
    coalesce(late.number, '') as invoice_number, coalesce(letter.level, 0) as level, letter.noticed_on as sent_on
from late_charge as charge
left join invoice as late on late.invoice_id = charge.invoice_id
left join dunning_notice as letter on letter.notice_id = charge.notice_id
where charge.run_id = :run_id
order by charge.charge_no;
