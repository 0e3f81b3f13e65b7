-- Notes for each payer parked in the run what it had charged him and does not bill: EUR without VAT, less what was to be given back.
with their_line as (
    select order_line.line_no, parked.payer_id
    from parked_payer as parked
    join contract_at(:import_no) as contract using (payer_id)
    join order_line_at(:import_no) as order_line using (contract_id)
    where parked.run_id = :run_id
),
charged as (
    select payer_id, net from recurring_charge join their_line using (line_no) where run_id = :run_id
    union all
    select payer_id, net from addition_charge join their_line using (line_no) where run_id = :run_id
    union all
    select payer_id, net from one_off_charge join their_line using (line_no) where run_id = :run_id
    union all
    select payer_id, price_cents / 100.0 from rated_usage join their_line using (line_no) where run_id = :run_id and status in (1, 2)
    union all
    select payer_id, -net from refund join their_line using (line_no) where run_id = :run_id and not below_floor
    union all
    select contract.payer_id, charge.net
    from ad_hoc_charge as charge
    join contract_at(:import_no) as contract using (contract_id)
    where charge.run_id = :run_id
)
update parked_payer as parked
set left_out = coalesce((select sum(charged.net) from charged where charged.payer_id = parked.payer_id), 0)
where parked.run_id = :run_id;
