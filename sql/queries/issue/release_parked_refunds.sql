-- Forgets what was to be given back to parked payers: the next close gives it back.
delete from refund
where run_id = :run_id and line_no in (
    select order_line.line_no
    from order_line_at(:import_no) as order_line
    join contract_at(:import_no) as contract using (contract_id)
    join parked_payer on parked_payer.payer_id = contract.payer_id and parked_payer.run_id = :run_id
);
