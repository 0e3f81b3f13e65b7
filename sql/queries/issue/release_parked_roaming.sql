-- Gives back what the users of parked payers used of their roaming limits: the next close rates that usage again.
delete from roaming_use
where run_id = :run_id and line_no in (
    select order_line.line_no
    from order_line_at(:import_no) as order_line
    join contract_at(:import_no) as contract using (contract_id)
    join parked_payer on parked_payer.payer_id = contract.payer_id and parked_payer.run_id = :run_id
);
