-- One row per line with days in service that nobody has charged up to the end of what this close charges.
with lines as (
    select
        line.line_no, line.line_id, greatest(line.starts_on, coalesce(line.charged_through + 1, line.starts_on)) as first,
        least(
            cast(run.period + make_interval(months => case product.timing when 'advance' then 2 else 1 end) as date),
            coalesce(line.ends_on + 1, 'infinity'),
            coalesce((select ending.past_day from line_ending as ending where ending.line_no = line.line_no order by run_id desc limit 1), 'infinity')
        ) as past
    from order_line_at(:import_no) as line
    join contract_at(:import_no) as contract using (contract_id)
    join product_at(:import_no) as product using (product)
    join run on run.run_id = :run_id
    where product.timing in ('advance', 'arrears') and product.kind not in ('hardware', 'activation', 'installation', 'porting_out', 'usage')
        and line.starts_on <= run.run_on
        and contract.signed_on <= run.run_on and contract.credit_approved_on <= run.run_on and contract.confirmed_on <= run.run_on
        and (coalesce(contract.deposit_required, 0) = 0 or contract.deposit_received_on <= run.run_on)
        and not exists (select from parked_payer as parked where parked.run_id = :run_id and parked.payer_id = contract.payer_id)
        and not exists (select from charge_refusal as refusal where refusal.run_id = :run_id and refusal.line_no = line.line_no)
),
open as (
    select line_id, datemultirange(daterange(first, past))
        - coalesce((select range_agg(days) from recurring_charge where line_no = lines.line_no and released_by is null), '{}') as days
    from lines
    where first < past
)
select line_id as line, lower(gap) as from_day, upper(gap) - 1 as to_day
from open, unnest(days) as gap
order by line_id, gap
limit 20;
