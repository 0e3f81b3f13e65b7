-- One row per other run of which something stood at a moment: its charges, its drafts, its numbers.
-- returns: tasks.audit.as_it_was.Standing
with stood as (
    select run_id, step, coalesce(staged_at, accepted_at) as since
    from run_step
    where run_id <> :run_id and coalesce(staged_at, accepted_at) <= :moment
)
select
    run_id,
    bool_or(step <> 'snapshot') as charged,
    bool_or(step = 'drafts') as drafted, bool_or(step = 'issue') as issued
from stood
group by run_id
order by run_id;
