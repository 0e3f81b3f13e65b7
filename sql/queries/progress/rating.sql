-- One row: about how many usage records the copy under way has stored, of those that came since the close before and those it left over.
-- returns: tasks.watching.Reach
with previous as (
    select step.run_id, earlier.through_no
    from run_step as step
    join usage_window as earlier using (run_id)
    where step.step = 'rating' and step.state = 'accepted' and step.run_id <> :run_id
    order by earlier.through_no desc
    limit 1
),
of as (
    select coalesce(pg_sequence_last_value(cast(pg_get_serial_sequence('usage_record', 'usage_no') as regclass)), 0)
        - coalesce((select through_no from previous), 0)
        + (select count(*) from usage_pending where run_id = (select run_id from previous)) as records
)
select
    case when exists (select from run_step where run_id = :run_id and step = 'rating' and state = 'accepted') then of.records
        else (select coalesce(max(tuples_processed), 0) from pg_stat_progress_copy
              where datname = current_database() and command = 'COPY FROM') end as done,
    of.records as of
from of;
