-- One row per line that is on no order, or has ended by its order or a termination, and still has elements configured.
with ended as (
    select distinct on (line_no) line_no, past_day - 1 as last_day from line_ending order by line_no, run_id desc
)
select coalesce(known.line_id, element.line_no::text) as line, least(line.ends_on, ended.last_day) as ended_on, count(*) as elements
from inventory_element as element
join line as known using (line_no)
left join order_line_at(:import_no) as line using (line_no)
left join ended using (line_no)
where (line.line_no is null or least(line.ends_on, ended.last_day) < element.snapshot_on)
    and element.snapshot_on = (
        select coalesce(snapshot_on, (select max(snapshot_on) from inventory_snapshot where snapshot_on <= run_on)) from run where run_id = :run_id
    )
group by known.line_id, element.line_no, line.ends_on, ended.last_day
order by elements desc, 1
limit 20;
