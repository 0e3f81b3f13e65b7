-- One row per addition charged back for the month it was made in.
-- returns: tasks.drafts.ChargedLine
select
    contract.payer_id, contract.payment_days, contract.contract_id, order_line.end_client_id, order_line.line_id,
    product.product, product.service, product.name_fr, product.name_nl, product.name_en,
    'pro_rata' as charge, addition.first_day as from_day, addition.to_day,
    addition.quantity::numeric as quantity, addition.unit_price, addition.net, addition.clause,
    'addition ' || (addition.to_day - addition.first_day + 1) || '/'
        || extract(day from addition.period + interval '1 month' - interval '1 day') as note
from addition_charge as addition
join order_line_at(:import_no) as order_line using (line_no)
join contract_at(:import_no) as contract using (contract_id)
join product_at(:import_no) as product using (product)
where addition.run_id = :run_id
order by payer_id, end_client_id, contract_id, line_id, from_day;
