-- The order line of an id, as the run sees it.
-- returns: tasks.rating_basis.LineRow
select line.line_no, product.service, line.starts_on, line.ends_on, line.contract_id, line.end_client_id
from order_line_at(:import_no) as line
left join product_at(:import_no) as product on product.product = line.product
where line.line_id = :line_id;
