-- Adds a version for each row of order_lines on its way in that is new or has changed; one in force already stays as it is.
insert into order_line (line_id, line_no, version, valid_import,
    contract_id, end_client_id, product, quantity, unit_price, starts_on, ends_on, min_months, charged_through)
select n.line_id, l.line_no, coalesce((select max(v.version) from order_line v where v.line_id = n.line_id), 0) + 1, cast(:import_no as integer),
    n.contract_id, n.end_client_id, n.product, n.quantity, n.unit_price, n.starts_on, n.ends_on, n.min_months, n.charged_through
from incoming_order_lines n
join line l on l.line_id = n.line_id
where not exists (select 1 from order_line v where v.line_id = n.line_id and v.superseded_import is null)
order by n.line_id;
