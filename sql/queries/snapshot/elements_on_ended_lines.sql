-- One row per order line that ended before the frozen snapshot was taken and still shows elements in it: line, its last day, how many.
-- returns: tasks.snapshot.EndedLine
select o.line_id, o.ends_on, count(*) as elements
from run r
join inventory_element e using (snapshot_on)
join order_line_at(cast(:import_no as integer)) o using (line_no)
where r.run_id = cast(:run_id as integer) and o.ends_on < r.snapshot_on
group by o.line_id, o.ends_on
order by o.line_id;
