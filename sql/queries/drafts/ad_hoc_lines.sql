-- One row per ad-hoc charge of the run: no order line stands behind it, and the text given prevails over the name of the product.
-- returns: tasks.drafts.ChargedLine
select
    contract.payer_id, contract.payment_days, charge.contract_id, charge.end_client_id, '' as line_id,
    charge.product, coalesce(product.service, '') as service,
    coalesce(nullif(charge.description, ''), product.name_fr, '') as name_fr,
    coalesce(nullif(charge.description, ''), product.name_nl, '') as name_nl,
    coalesce(nullif(charge.description, ''), product.name_en, '') as name_en,
    'one_off' as charge, charge.charged_on as from_day, charge.charged_on as to_day,
    charge.quantity, charge.unit_price, charge.net, charge.clause, '' as note
from ad_hoc_charge as charge
join contract_at(:import_no) as contract using (contract_id)
left join product_at(:import_no) as product on product.product = charge.product
where charge.run_id = :run_id
order by payer_id, charge.end_client_id, charge.contract_id, charge.charged_on, charge.charge_id;
