-- One row per movement of a given amount that came in and was not handed back: what a return may hand back.
-- returns: tasks.bank.matching.MovementRow
select movement_no, seq, bank_reference, booked_on, value_on, amount, counterparty_iban, counterparty_name, reference, text, end_to_end_id,
    mandate_id, is_return, return_reason, batch_id
from bank_movement
where amount = :amount and booked_on <= cast(:booked_on as date)
    and not exists (select from allocation where allocation.returns_movement_no = bank_movement.movement_no)
order by movement_no;
