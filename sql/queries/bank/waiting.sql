-- One row per movement that is unmatched, the whole of it and undecided, oldest first.
-- returns: tasks.bank.matching.MovementRow
select movement_no, seq, bank_reference, booked_on, value_on, amount, counterparty_iban, counterparty_name, reference, text, end_to_end_id,
    mandate_id, is_return, return_reason, batch_id
from bank_movement
where movement_no in (
    select movement_no from allocation where place = 'unmatched' group by movement_no having sum(amount) <> 0
) and amount = (select sum(amount) from allocation where allocation.movement_no = bank_movement.movement_no and place = 'unmatched')
order by booked_on, movement_no;
