-- Hands the usage of parked payers over to the next close: pending again, no longer rated here.
with theirs as (
    delete from rated_usage
    where run_id = :run_id and line_no in (
        select order_line.line_no
        from order_line_at(:import_no) as order_line
        join contract_at(:import_no) as contract using (contract_id)
        join parked_payer on parked_payer.payer_id = contract.payer_id and parked_payer.run_id = :run_id
    )
    returning run_id, usage_no
)
insert into usage_pending (run_id, usage_no)
select run_id, usage_no from theirs
on conflict do nothing;
