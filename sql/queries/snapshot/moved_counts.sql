-- One row per order line whose count differs between the frozen snapshot of a close and that of the close before: both counts.
-- returns: tasks.snapshot.MovedCount
with this_close as (
    select run_id, period, snapshot_on from run where run_id = cast(:run_id as integer)
), close_before as (
    select r.snapshot_on
    from run r
    join run_step s on s.run_id = r.run_id and s.step = 'snapshot' and s.state = 'accepted'
    where r.kind = 'close' and r.period < (select period from this_close)
    order by r.period desc
    limit 1
), now_counted as (
    select line_no, count(*) as elements from inventory_element
    where snapshot_on = (select snapshot_on from this_close)
    group by line_no
), then_counted as (
    select line_no, count(*) as elements from inventory_element
    where snapshot_on = (select snapshot_on from close_before)
    group by line_no
)
select l.line_id, coalesce(t.elements, 0) as counted_before, coalesce(n.elements, 0) as counted
from now_counted n
full join then_counted t using (line_no)
join line l using (line_no)
where exists (select 1 from close_before) and coalesce(n.elements, 0) <> coalesce(t.elements, 0)
order by l.line_id;
