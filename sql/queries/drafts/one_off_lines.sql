-- One row per one-off charge of the run; payable on receipt, so its payment days are 0 (BT-2.a).
-- returns: tasks.drafts.ChargedLine
select
    contract.payer_id, 0 as payment_days, contract.contract_id, order_line.end_client_id, order_line.line_id,
    product.product, product.service, product.name_fr, product.name_nl, product.name_en,
    'one_off' as charge, one_off.ordered_on as from_day, one_off.ordered_on as to_day,
    one_off.quantity::numeric as quantity, one_off.unit_price, one_off.net, one_off.clause, '' as note
from one_off_charge as one_off
join order_line_at(:import_no) as order_line using (line_no)
join contract_at(:import_no) as contract using (contract_id)
join product_at(:import_no) as product using (product)
where one_off.run_id = :run_id
order by payer_id, end_client_id, contract_id, line_id;
