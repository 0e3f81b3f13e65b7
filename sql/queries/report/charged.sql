-- One row per kind of charge as the steps wrote it, EUR without VAT: of payers with a document, of parked payers, and of all others.
-- What parked payers were charged is gone once the others are issued.
-- returns: tasks.close_reconciliation.Charged
with payer_of_line as (
    select order_line.line_no, contract.payer_id
    from order_line_at(:import_no) as order_line
    join contract_at(:import_no) as contract using (contract_id)
),
by_line as (
    select 'recurring' as kind, line_no, sum(net) as net from recurring_charge where run_id = :run_id group by line_no
    union all
    select 'recurring', line_no, sum(net) from addition_charge where run_id = :run_id group by line_no
    union all
    select 'once', line_no, sum(net) from one_off_charge where run_id = :run_id group by line_no
    union all
    select 'usage', line_no, sum(price_cents) / 100.0 from rated_usage where run_id = :run_id and status in (1, 2) group by line_no
    union all
    select 'given_back', line_no, -sum(net) from refund where run_id = :run_id and not below_floor group by line_no
),
charges as (
    select by_line.kind, payer_of_line.payer_id, by_line.net from by_line left join payer_of_line using (line_no)
    union all
    select 'once', contract.payer_id, charge.net
    from ad_hoc_charge as charge
    left join contract_at(:import_no) as contract using (contract_id)
    where charge.run_id = :run_id
    union all
    select 'sla_credit', invoice.payer_id, -use.amount
    from credit_use as use
    join invoice using (invoice_id)
    where use.run_id = :run_id
)
select charges.kind,
    cast(coalesce(sum(charges.net) filter (where billed.payer_id is not null), 0) as numeric(14, 2)) as billed,
    cast(coalesce(sum(charges.net) filter (where billed.payer_id is null and parked.payer_id is not null), 0) as numeric(14, 2)) as parked,
    cast(coalesce(sum(charges.net) filter (where billed.payer_id is null and parked.payer_id is null), 0) as numeric(14, 2)) as others
from charges
left join (select distinct payer_id from invoice where run_id = :run_id) as billed on billed.payer_id = charges.payer_id
left join parked_payer as parked on parked.run_id = :run_id and parked.payer_id = charges.payer_id
group by charges.kind
order by charges.kind;
