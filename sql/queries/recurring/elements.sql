-- Elements of the product's kind that the snapshots up to a day have shown of the lines given: first day, and whether the last of them did.
-- returns: tasks.recurring.SeenElement
select e.line_no, min(e.snapshot_on) as first_day, 
       max(e.snapshot_on) = (select max(snapshot_on) from inventory_snapshot where snapshot_on <= cast(:snapshot_on as date)) as is_there
from inventory_element as e
join order_line_at(cast(:import_no as integer)) as l on l.line_no = e.line_no
join product_at(cast(:import_no as integer)) as p on p.product = l.product and p.kind = e.kind
where e.line_no = any(cast(:line_nos as integer[]))
  and e.snapshot_on <= cast(:snapshot_on as date)
group by e.line_no, e.element_id
order by e.line_no, first_day, e.element_id;
