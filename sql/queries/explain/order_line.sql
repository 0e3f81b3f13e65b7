-- An order line as an import knew it, with its product and the versions it was read in.
-- returns: tasks.explain.made_from.Order
select
    l.line_no, l.line_id, l.contract_id, l.product, p.service, p.kind, p.timing, l.quantity, l.unit_price, l.starts_on, l.ends_on,
    l.min_months, l.charged_through, l.version, l.valid_import, p.version as product_version,
    c.version as contract_version, c.terms, c.starts_on as contract_starts_on, c.term_months
from order_line_at(:import_no) as l
join product_at(:import_no) as p using (product)
join contract_at(:import_no) as c using (contract_id)
where l.line_no = :line_no;
