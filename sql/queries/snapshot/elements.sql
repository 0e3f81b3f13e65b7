-- One row per element of a snapshot: the order line, the element, its kind and label, as they came in the feed.
-- returns: tasks.snapshot._Element
select l.line_id, e.element_id, e.kind, e.label
from inventory_element e
join line l using (line_no)
where e.snapshot_on = cast(:snapshot_on as date)
order by l.line_id, e.element_id;
