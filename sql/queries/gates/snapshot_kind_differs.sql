-- One row per line with elements of another kind than its product: they are not counted.
select line.line_id as line, product.product, product.kind as kind_of_product, element.kind as kind_configured, count(*) as elements
from inventory_element as element
join order_line_at(:import_no) as line using (line_no)
join product_at(:import_no) as product using (product)
where element.kind <> product.kind
    and element.snapshot_on = (
        select coalesce(snapshot_on, (select max(snapshot_on) from inventory_snapshot where snapshot_on <= run_on)) from run where run_id = :run_id
    )
group by line.line_id, product.product, product.kind, element.kind
order by elements desc, line.line_id
limit 20;
