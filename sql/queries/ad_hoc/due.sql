-- Ad-hoc charges dated up to the day of the run that no other run has charged; those of no end client are the payer's own.
-- Which of them the run bills is the rule's to say.
-- returns: billing.ad_hoc.AdHoc
select charge.charge_id, charge.contract_id, coalesce(charge.end_client_id, contract.payer_id) as end_client_id, charge.charged_on,
    coalesce(charge.product, '') as product, coalesce(product.kind, '') as kind, charge.description, charge.quantity, charge.unit_price,
    charge.reason_clause
from ad_hoc_charge_at(:import_no) as charge
join contract_at(:import_no) as contract using (contract_id)
left join product_at(:import_no) as product on product.product = charge.product
where charge.charged_on <= cast(:on as date)
    and not exists (select from ad_hoc_charge as made
                    where made.charge_id = charge.charge_id and made.run_id <> :run_id and made.released_by is null)
order by charge.charge_id;
