-- Books a movement of a statement and gives its number in the ledger.
-- returns: bigint
insert into bank_movement (statement_no, seq, bank_reference, booked_on, value_on, amount, counterparty_iban, counterparty_name, reference,
    text, end_to_end_id, mandate_id, is_return, return_reason, batch_id)
values (:statement_no, :seq, :bank_reference, :booked_on, :value_on, :amount, :counterparty_iban, :counterparty_name, :reference,
    :text, :end_to_end_id, :mandate_id, :is_return, :return_reason, :batch_id)
returning movement_no;
