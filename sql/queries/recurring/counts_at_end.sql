-- What the platform last showed of lines that ended before the snapshot of the close: one row a line of which an element had been shown
-- by its last day, with the elements of its product's kind in the latest snapshot on or before that day.
-- returns: tasks.recurring.Counted
select ended.line_no, count(element.element_id) as counted
from unnest(cast(:line_nos as integer[]), cast(:last_days as date[])) as ended (line_no, last_day)
join order_line_at(cast(:import_no as integer)) as ordered on ordered.line_no = ended.line_no
join product_at(cast(:import_no as integer)) as product on product.product = ordered.product
join lateral (select max(snapshot_on) as day from inventory_snapshot where snapshot_on <= ended.last_day) as last on last.day is not null
left join inventory_element as element
    on element.line_no = ended.line_no and element.snapshot_on = last.day and element.kind = product.kind
where exists (select from inventory_element as seen where seen.line_no = ended.line_no and seen.snapshot_on <= ended.last_day)
group by ended.line_no;
