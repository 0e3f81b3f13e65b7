-- One row per charge of the run outside the service of its line, below what must be charged, or with an amount that is not quantity x price x days.
with charges as (
    select
        coalesce(known.line_id, charge.line_no::text) as line, charge.*, line.starts_on, least(line.ends_on, ended.last_day) as ends_on, line.charged_through, line.quantity as ordered_now,
        extract(day from date_trunc('month', lower(charge.days)) + interval '1 month' - interval '1 day') as days_in_month,
        product.kind, product.service, product.timing, contract.contract_id, run.period, run.run_on,
        coalesce(contract.signed_on <= run.run_on and contract.credit_approved_on <= run.run_on and contract.confirmed_on <= run.run_on
            and (coalesce(contract.deposit_required, 0) = 0 or contract.deposit_received_on <= run.run_on), false) as in_force,
        case when line.min_months is not null then cast(line.starts_on + make_interval(months => line.min_months) as date)
            else cast(coalesce(contract.starts_on, line.starts_on) + make_interval(months => contract.term_months) as date) end as term_end
    from recurring_charge as charge
    join run using (run_id)
    left join line as known using (line_no)
    left join lateral (
        select ending.past_day - 1 as last_day from line_ending as ending where ending.line_no = charge.line_no order by run_id desc limit 1
    ) as ended on true
    left join order_line_at(:import_no) as line using (line_no)
    left join contract_at(:import_no) as contract using (contract_id)
    left join product_at(:import_no) as product using (product)
    where charge.run_id = :run_id
)
select line, lower(days) as from_day, upper(days) - 1 as to_day, quantity, unit_price, net,
    round(quantity * unit_price * (upper(days) - lower(days)) / days_in_month, 2) as net_expected,
    ordered_now as ordered, starts_on, ends_on, contract_id as contract
from charges
where in_force is not true or lower(days) < starts_on or lower(days) <= charged_through or net < 0 or clause = '' or count_clause = ''
    or (charge <> 'balance' and upper(days) > least(
        cast(period + make_interval(months => case timing when 'advance' then 2 else 1 end) as date), coalesce(ends_on + 1, 'infinity')))
    or date_trunc('month', lower(days)) <> date_trunc('month', upper(days) - 1)
    or net <> round(quantity * unit_price * (upper(days) - lower(days)) / days_in_month, 2)
    or (charge <> 'balance' and quantity < ordered_now and upper(days) <= term_end and run_on < term_end
        and (kind in ('pack', 'other', 'channel', 'licence') or (kind = 'user' and service <> 'business_telephony')))
order by line, from_day
limit 20;
