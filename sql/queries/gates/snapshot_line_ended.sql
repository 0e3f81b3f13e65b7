-- One row per line that is on no order, or has ended, and still has elements configured.
select coalesce(known.line_id, element.line_no::text) as line, line.ends_on as ended_on, count(*) as elements
from inventory_element as element
join line as known using (line_no)
left join order_line_at(:import_no) as line using (line_no)
where (line.line_no is null or line.ends_on < element.snapshot_on)
    and element.snapshot_on = (
        select coalesce(snapshot_on, (select max(snapshot_on) from inventory_snapshot where snapshot_on <= run_on)) from run where run_id = :run_id
    )
group by known.line_id, element.line_no, line.ends_on
order by elements desc, 1
limit 20;
