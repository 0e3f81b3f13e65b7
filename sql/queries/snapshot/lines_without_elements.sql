-- One row per order line that runs on the close date, is counted on the platform and has no element in the frozen snapshot: line, quantity ordered.
-- returns: tasks.snapshot.LineWithoutElements
select o.line_id, o.quantity as ordered
from run r
cross join order_line_at(cast(:import_no as integer)) o
join product_at(cast(:import_no as integer)) p using (product)
where r.run_id = cast(:run_id as integer)
  and p.kind in ('user', 'channel', 'national_number', 'international_number', 'licence')
  and p.timing <> 'at_order' and o.quantity > 0
  and o.starts_on <= r.run_on and (o.ends_on is null or o.ends_on >= r.run_on)
  and not exists (select 1 from inventory_element e where e.snapshot_on = r.snapshot_on and e.line_no = o.line_no)
order by o.line_id;
