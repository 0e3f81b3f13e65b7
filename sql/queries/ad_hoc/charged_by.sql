-- The ad-hoc charges that a run made for the contracts given, as the feed has them now.
-- returns: billing.ad_hoc.AdHoc
select made.charge_id, made.contract_id, made.end_client_id, made.charged_on, made.product, coalesce(product.kind, '') as kind,
    coalesce(charge.description, made.description) as description, coalesce(charge.quantity, made.quantity) as quantity,
    case when charge.charge_id is null then made.unit_price else charge.unit_price end as unit_price, made.clause as reason_clause
from ad_hoc_charge as made
left join ad_hoc_charge_at(:import_no) as charge on charge.charge_id = made.charge_id
left join product_at(:import_no) as product on product.product = made.product
where made.run_id = :made_run_id and made.contract_id = any(cast(:contract_ids as text[]))
order by made.charge_id;
