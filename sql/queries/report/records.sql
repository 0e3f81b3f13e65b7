-- One row: the usage records a close had to settle, and those it left to the next one without rating them.
-- returns: tasks.close_reconciliation.Records
with this as (
    select usage_window.*, coalesce(step.accepted_at, 'infinity') as accepted_at
    from usage_window
    left join run_step as step on step.run_id = usage_window.run_id and step.step = 'rating'
    where usage_window.run_id = :run_id
),
last as (
    select usage_window.run_id
    from usage_window
    join run_step as step on step.run_id = usage_window.run_id and step.step = 'rating' and step.state = 'accepted'
    join run on run.run_id = usage_window.run_id and run.kind = 'close'
    where usage_window.run_id <> :run_id and step.accepted_at < (select accepted_at from this)
    order by step.accepted_at desc, usage_window.run_id desc
    limit 1
),
unrated as (
    select usage_record.started_at >= (select cutoff from this) as is_after
    from usage_pending
    join usage_record using (usage_no)
    where usage_pending.run_id = :run_id
        and not exists (select from rated_usage as rated where rated.run_id = :run_id and rated.usage_no = usage_pending.usage_no)
)
select
    (select count(*) from usage_record where usage_no > (select after_no from this) and usage_no <= (select through_no from this)) as new,
    (select count(*) from usage_pending where run_id = (select run_id from last)) as left_before,
    (select count(*) from unrated where is_after) as after_cutoff,
    (select count(*) from unrated where not is_after) as handed_over;
