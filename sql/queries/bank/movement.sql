-- A movement by its number.
-- returns: tasks.bank.matching.MovementRow
select movement_no, seq, bank_reference, booked_on, value_on, amount, counterparty_iban, counterparty_name, reference, text, end_to_end_id,
    mandate_id, is_return, return_reason, batch_id
from bank_movement
where movement_no = :movement_no;
