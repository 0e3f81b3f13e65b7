-- Order lines an orders run may charge: never charged once, not charged by an earlier system, payer not parked; and every
-- Web Meeting line charged at order, which may be due for renewal. What each of them is, is the rule's to say.
-- returns: billing.order.OrderLine
select l.line_no, l.line_id, l.contract_id, l.product, p.service, p.kind, p.timing,
       l.quantity, l.unit_price, l.starts_on, l.ends_on, l.min_months, l.charged_through
from order_line_at(cast(:import_no as integer)) as l
join product_at(cast(:import_no as integer)) as p on p.product = l.product
join contract_at(cast(:import_no as integer)) as c on c.contract_id = l.contract_id
where (p.timing = 'at_order' or p.kind in ('hardware', 'activation', 'installation', 'porting_out'))
  and (l.charged_through is null or p.service = 'web_meeting')
  and not exists (select from one_off_charge as o where o.line_no = l.line_no and o.run_id <> cast(:run_id as integer))
  and not exists (select from parked_payer as parked where parked.run_id = cast(:run_id as integer) and parked.payer_id = c.payer_id)
order by l.line_no;
