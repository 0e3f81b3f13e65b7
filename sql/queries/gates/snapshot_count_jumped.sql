-- One row per line whose count moved by more than the setting since the snapshot of the previous close, the largest move first.
with now as (
    select coalesce(snapshot_on, (select max(snapshot_on) from inventory_snapshot where snapshot_on <= run_on)) as snapshot_on, period
    from run
    where run_id = :run_id
),
before as (
    select earlier.snapshot_on
    from run as earlier
    join run_step as step on step.run_id = earlier.run_id and step.step = 'snapshot' and step.state = 'accepted'
    where earlier.kind = 'close' and earlier.period < (select period from now)
    order by earlier.period desc
    limit 1
),
counts as (
    select line_no,
        count(*) filter (where snapshot_on = (select snapshot_on from before)) as before,
        count(*) filter (where snapshot_on = (select snapshot_on from now)) as now
    from inventory_element
    where snapshot_on in ((select snapshot_on from before), (select snapshot_on from now))
    group by line_no
)
select line.line_id as line, counts.before, counts.now
from counts
join line using (line_no)
where counts.before > 0 and abs(counts.now - counts.before) > cast(:count_change_at_most as numeric) * counts.before
order by abs(counts.now - counts.before) desc, line.line_id
limit 20;
