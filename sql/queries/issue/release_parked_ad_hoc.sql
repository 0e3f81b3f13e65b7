-- Takes back what the run charged to parked payers: the next run of its kind charges it.
delete from ad_hoc_charge
where run_id = :run_id and contract_id in (
    select contract.contract_id
    from contract_at(:import_no) as contract
    join parked_payer on parked_payer.payer_id = contract.payer_id and parked_payer.run_id = :run_id
);
