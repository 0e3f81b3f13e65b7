-- One row per order line of a pack.
-- returns: billing.packs.PackLine
select line.line_no, line.contract_id, line.end_client_id, line.product, line.starts_on, line.ends_on, line.quantity, line.charged_through
from order_line_at(:import_no) as line
join product_at(:import_no) as product on product.product = line.product
where product.kind = 'pack'
order by line.line_no;
