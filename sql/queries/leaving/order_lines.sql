-- The order lines of these numbers whose payer is not parked in the run. Whether the contract is in force is the rule's to say.
-- returns: billing.order.OrderLine
select l.line_no, l.line_id, l.contract_id, l.product, p.service, p.kind, p.timing,
       l.quantity, l.unit_price, l.starts_on, l.ends_on, l.min_months, l.charged_through
from order_line_at(cast(:import_no as integer)) as l
join product_at(cast(:import_no as integer)) as p on p.product = l.product
join contract_at(cast(:import_no as integer)) as c on c.contract_id = l.contract_id
where l.line_no = any(:line_nos)
  and not exists (select from parked_payer as parked where parked.run_id = cast(:run_id as integer) and parked.payer_id = c.payer_id)
order by l.line_no;
