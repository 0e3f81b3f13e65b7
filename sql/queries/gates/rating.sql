-- One row: what is wrong with the usage the run rated, from one pass over it beside the usage in its scope.
with previous as (  -- the accepted rating before this one
    select usage_window.run_id, usage_window.cutoff
    from usage_window
    join run_step on run_step.run_id = usage_window.run_id and run_step.step = 'rating' and run_step.state = 'accepted'
    join run on run.run_id = usage_window.run_id and run.kind = 'close'
    where usage_window.run_id <> :run_id
    order by run_step.accepted_at desc, usage_window.run_id desc
    limit 1
),
left_over as (
    select usage_no from usage_pending where run_id = (select run_id from previous)
),
-- Bounds as single values, so that the block-range index is used and history is never scanned.
scope as not materialized (
    select usage_no, quantity, callee_key, visited, true as is_new
    from usage_record
    where usage_no > (select after_no from usage_window where run_id = :run_id)
        and usage_no <= (select through_no from usage_window where run_id = :run_id)
        and started_at < (select cutoff from usage_window where run_id = :run_id)
    union all
    select usage_no, quantity, callee_key, visited, false
    from usage_record
    join left_over using (usage_no)
    where usage_no between (select min(usage_no) from left_over) and (select max(usage_no) from left_over)
        and started_at < (select cutoff from usage_window where run_id = :run_id)
),
rated as not materialized (
    select * from rated_usage where run_id = :run_id
),
seen as (
    select
        count(*) as rows,
        count(rated.usage_no) as rated,
        count(*) filter (where rated.usage_no is null) as missing,
        count(*) filter (where scope.usage_no is null) as strays,
        count(*) filter (where rated.status in (1, 2) and rated.in_pack + rated.charged <> scope.quantity) as quantity_differs,
        count(*) filter (where rated.status not between 1 and 5) as status_unknown,
        count(*) filter (where rated.started_at >= (select cutoff from usage_window where run_id = :run_id)) as after_cutoff,
        count(*) filter (where rated.price_cents < 0) as price_negative,
        count(*) filter (where rated.price_cents > cast(:call_price_at_most as numeric) * 100) as price_absurd,
        count(*) filter (where rated.status in (2, 3, 4, 5) and rated.price_cents <> 0) as price_on_uncharged,
        count(*) filter (where rated.status = 1 and rate.rate_no is null) as charged_without_rate,
        count(*) filter (where rated.status = 1 and rated.started_at < cast(rate.valid_from as timestamp) at time zone 'Europe/Brussels') as rate_not_in_force,
        count(*) filter (where rated.status in (1, 2)
            and (rate.destination_group = 'emergency' or scope.callee_key = any(cast(:emergency_keys as bigint[])))) as emergency_charged,
        count(*) filter (where (rated.beyond > 0) <> (rated.beyond_rate_no > 0)
            or rated.beyond not between 0 and case when rated.status in (1, 3) then rated.charged else 0 end) as beyond_differs,
        coalesce(sum(rated.in_pack + rated.charged - rated.beyond) filter (where rated.status in (1, 2, 3) and rated.reason in (0, 4)
            and rated.kind = 3 and scope.visited <> 0 and scope.visited = any(cast(:union_codes as integer[]))), 0) as roamed,
        count(*) filter (where rated.status = 5) as unrated,
        count(*) filter (where rated.status = 4 and rated.reason <> 10) as held,
        count(*) filter (where rated.status = 4 and rated.reason = 10) as barring_failures,
        count(*) filter (where scope.is_new and rated.started_at < (select cutoff from previous)) as late,
        coalesce(sum(rated.in_pack), 0) as in_pack
    from rated
    full join scope using (usage_no)
    left join rate on rate.rate_no = case when rated.beyond > 0 then rated.beyond_rate_no else rated.rate_no end
        and rated.status in (1, 2)
),
pools as (
    select count(*) as overdrawn
    from (
        select max(drawn.allowance) filter (where drawn.run_id = :run_id) as allowance, sum(drawn.used) as used
        from pool_use as drawn
        join run on run.run_id = drawn.run_id
        left join run_step as step on step.run_id = drawn.run_id and step.step = 'rating'
        where drawn.released_by is null and (drawn.run_id = :run_id or step.state = 'accepted' or run.kind = 'credit')
        group by drawn.contract_id, drawn.end_client_id, drawn.destination_group, drawn.unit, drawn.month
    ) as pool
    where used > allowance
)
select
    case when exists (select from usage_window where run_id = :run_id) then 0 else 1 end as window_missing,
    -- missing, strays, and those rated twice: rows of the join beyond one for each record
    seen.missing + seen.strays + (seen.rows - seen.strays - (select count(*) from scope)) as not_exactly_once,
    (select count(*) from left_over join rated_usage using (usage_no)
        where rated_usage.run_id = (select run_id from previous) and rated_usage.status in (1, 2, 3)
            and not exists (select from usage_release as again where again.run_id = rated_usage.run_id and again.line_no = rated_usage.line_no))
        as charged_before,
    seen.quantity_differs + seen.status_unknown as quantity_differs,
    seen.after_cutoff, seen.price_negative, seen.price_absurd, seen.price_on_uncharged, seen.charged_without_rate, seen.rate_not_in_force,
    pools.overdrawn as pool_overdrawn,
    abs(seen.in_pack - (select coalesce(sum(used), 0) from pool_use where run_id = :run_id)) as pool_differs,
    seen.beyond_differs,
    abs(seen.roamed - (select coalesce(sum(bytes), 0) from roaming_use where run_id = :run_id)) as roaming_differs,
    seen.emergency_charged,
    case when seen.rated = 0 then 0 else round(seen.unrated::numeric / seen.rated, 6) end as unrated_share,
    seen.unrated, seen.held, seen.barring_failures, seen.late
from seen, pools;
