-- One row per element of the product's kind that the snapshot a line was counted by shows, and of `kept_line_nos` those removed before it too,
-- each with the first snapshot that shows it.
-- returns: tasks.summary_records.ElementRow
with counted as materialized (
    select line_no, counted_on(:run_id, line_no, :import_no) as day
    from unnest(cast(:line_nos as integer[])) as line_no
),
seen as (
    select element.line_no, element.element_id, counted.day, min(element.snapshot_on) as first_day, max(element.snapshot_on) as last_day
    from counted
    join inventory_element as element on element.line_no = counted.line_no and element.snapshot_on <= counted.day
    join order_line_at(:import_no) as ordered on ordered.line_no = element.line_no
    join product_at(:import_no) as product on product.product = ordered.product and product.kind = element.kind
    group by element.line_no, element.element_id, counted.day
)
select
    seen.line_no, seen.element_id, coalesce(nullif(latest.label, ''), seen.element_id) as label, seen.first_day,
    seen.last_day = seen.day as is_there
from seen
join inventory_element as latest
    on latest.snapshot_on = seen.last_day and latest.line_no = seen.line_no and latest.element_id = seen.element_id
where seen.last_day = seen.day or seen.line_no = any(cast(:kept_line_nos as integer[]))
order by seen.line_no, is_there desc, label, seen.element_id;
