-- One row per day (UTC) of calls that arrived after the close they belonged to.
with previous as (
    select usage_window.cutoff
    from usage_window
    join run_step on run_step.run_id = usage_window.run_id and run_step.step = 'rating' and run_step.state = 'accepted'
    join run on run.run_id = usage_window.run_id and run.kind = 'close'
    where usage_window.run_id <> :run_id
    order by run_step.accepted_at desc, usage_window.run_id desc
    limit 1
)
select cast(rated.started_at as date) as day, count(*) as records, round(sum(rated.price_cents) / 100.0, 2) as eur
from rated_usage as rated
where rated.run_id = :run_id and rated.started_at < (select cutoff from previous)
    and rated.usage_no > (select after_no from usage_window where run_id = :run_id)
group by 1
order by 1
limit 20;
