-- One row per element of a snapshot, as it came in the feed: line, element, kind, label.
select line.line_id, element.element_id, element.kind, element.label
from inventory_element as element
join line using (line_no)
where element.snapshot_on = :snapshot_on;
