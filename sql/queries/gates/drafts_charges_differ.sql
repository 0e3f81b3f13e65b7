-- One row per payer whose drafts are not what the run charged, with the difference.
with charges as (
    select line_no, net from recurring_charge where run_id = :run_id
    union all
    select line_no, net from addition_charge where run_id = :run_id
    union all
    select line_no, net from one_off_charge where run_id = :run_id
    union all
    select line_no, sum(price_cents) / 100.0 from rated_usage where run_id = :run_id and status in (1, 2) group by line_no
),
charged as (
    select payer_id, sum(net) as net
    from (
        select contract.payer_id, charges.net
        from charges
        left join order_line_at(:import_no) as line using (line_no)
        left join contract_at(:import_no) as contract using (contract_id)
        union all
        select contract.payer_id, charge.net
        from ad_hoc_charge as charge
        left join contract_at(:import_no) as contract using (contract_id)
        where charge.run_id = :run_id
        union all
        select contract.payer_id, -use.amount
        from credit_use as use
        left join sla_credit_at(:import_no) as credit using (credit_id)
        left join contract_at(:import_no) as contract using (contract_id)
        where use.run_id = :run_id
    ) as everything
    group by payer_id
),
invoiced as (
    select payer_id, sum(net) as net from invoice where run_id = :run_id and kind = 'invoice' group by payer_id
)
select coalesce(payer_id, '(no contract)') as payer, round(coalesce(charged.net, 0), 2) as charged, coalesce(invoiced.net, 0) as on_drafts,
    round(coalesce(charged.net, 0) - coalesce(invoiced.net, 0), 2) as difference
from charged
full join invoiced using (payer_id)
where coalesce(charged.net, 0) <> coalesce(invoiced.net, 0)
    and coalesce(payer_id, '') not in (select payer_id from parked_payer where run_id = :run_id)
order by abs(coalesce(charged.net, 0) - coalesce(invoiced.net, 0)) desc, 1
limit 20;
