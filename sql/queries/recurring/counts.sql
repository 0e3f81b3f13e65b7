-- What the snapshot of the close shows of each line: one row a line, with the elements of its product's kind.
-- The snapshot is the one the run froze, else the latest on or before the close date.
-- returns: tasks.recurring.Counted
select e.line_no, count(*) filter (where e.kind = p.kind) as counted
from inventory_element as e
join order_line_at(cast(:import_no as integer)) as l on l.line_no = e.line_no
join product_at(cast(:import_no as integer)) as p on p.product = l.product
where e.snapshot_on = cast(:snapshot_on as date)
group by e.line_no;
