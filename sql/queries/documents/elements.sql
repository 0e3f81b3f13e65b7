-- One row per element of the product's kind that the snapshot shows of the lines given, with the first snapshot that shows it.
-- returns: tasks.document_records.ElementRow
select element.line_no, coalesce(nullif(element.label, ''), element.element_id) as label, seen.first_day
from inventory_element as element
join order_line_at(:import_no) as ordered on ordered.line_no = element.line_no
join product_at(:import_no) as product on product.product = ordered.product and product.kind = element.kind
join lateral (
    select min(earlier.snapshot_on) as first_day
    from inventory_element as earlier
    where earlier.line_no = element.line_no and earlier.element_id = element.element_id and earlier.snapshot_on <= element.snapshot_on
) as seen on true
where element.snapshot_on = cast(:snapshot_on as date) and element.line_no = any(cast(:line_nos as integer[]))
order by element.line_no, label, element.element_id;
