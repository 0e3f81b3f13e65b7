-- One row per order line of the contracts given: when it serves, and the kind of product.
-- returns: billing.order.OrderLine
select l.line_no, l.line_id, l.contract_id, l.product, p.service, p.kind, p.timing,
       l.quantity, l.unit_price, l.starts_on, l.ends_on, l.min_months, l.charged_through
from order_line_at(:import_no) as l
join product_at(:import_no) as p on p.product = l.product
where l.contract_id = any(cast(:contract_ids as text[]))
order by l.line_no;
