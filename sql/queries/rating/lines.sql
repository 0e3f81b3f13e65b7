-- One row per order line as the run sees it: where it stands, its service (null when its product is unknown), its days of service.
-- returns: tasks.rating_basis.LineRow
select line.line_no, product.service, line.starts_on, line.ends_on, line.contract_id, line.end_client_id
from order_line_at(:import_no) as line
left join product_at(:import_no) as product on product.product = line.product;
