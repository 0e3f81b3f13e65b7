-- One row per order line given, as it is now.
-- returns: billing.order.OrderLine
select l.line_no, l.line_id, l.contract_id, l.product, p.service, p.kind, p.timing,
       l.quantity, l.unit_price, l.starts_on, l.ends_on, l.min_months, l.charged_through
from order_line_at(cast(:import_no as integer)) as l
join product_at(cast(:import_no as integer)) as p on p.product = l.product
where l.line_no = any(cast(:line_nos as integer[]))
order by l.line_no;
