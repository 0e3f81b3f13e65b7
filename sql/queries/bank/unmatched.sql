-- The worklist: one row per movement of which something is unmatched, oldest first. EUR.
-- returns: tasks.bank.worklist.UnmatchedRow
select movement.movement_no, movement.seq, movement.bank_reference, movement.booked_on, movement.value_on, movement.amount,
    movement.counterparty_iban, movement.counterparty_name, movement.reference, movement.text, movement.end_to_end_id, movement.mandate_id,
    movement.is_return, movement.return_reason, movement.batch_id, statement.iban, statement.number, statement.to_day, waiting.unmatched
from (select movement_no, sum(amount) as unmatched from allocation where place = 'unmatched' group by movement_no) as waiting
join bank_movement as movement using (movement_no)
join bank_statement as statement using (statement_no)
where waiting.unmatched <> 0
order by movement.booked_on, movement.movement_no;
