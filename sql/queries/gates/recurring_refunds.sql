-- One row per refund of the run that the charge it gives back does not bear, or on the wrong side of the 10 EUR one termination gives back.
with refunds as (
    select known.line_id, refund.*,
        sum(refund.net) over (partition by refund.termination_id) as together,
        (select coalesce(sum(least(upper(charge.days), upper(refund.days)) - greatest(lower(charge.days), lower(refund.days))), 0)
            from recurring_charge as charge
            where charge.run_id = refund.charged_run_id and charge.line_no = refund.line_no and charge.days && refund.days
                and charge.charge <> 'balance' and charge.released_by is null) as days_charged,
        (select coalesce(sum(charge.net), 0) from recurring_charge as charge
            where charge.run_id = refund.charged_run_id and charge.line_no = refund.line_no and charge.days && refund.days
                and charge.released_by is null) as net_charged
    from refund
    join line as known using (line_no)
    where refund.run_id = :run_id
)
select line_id as line, termination_id as termination, lower(days) as from_day, upper(days) - 1 as to_day, net, days_charged, net_charged,
    together, below_floor
from refunds
where days_charged < upper(days) - lower(days) or net > net_charged or below_floor <> (together < 10)
order by line_id, from_day
limit 20;
