-- One row per ad-hoc charge that was changed in the feed after a run had charged it, as charged and as it is now.
select made.charge_id as charge, made.charged_on, made.quantity, made.unit_price, made.net,
    asked.charged_on as now_on, asked.quantity as now_quantity, asked.unit_price as now_unit_price
from ad_hoc_charge as made
join ad_hoc_charge_at(:import_no) as asked using (charge_id)
where made.released_by is null and (made.quantity <> asked.quantity or made.unit_price <> coalesce(asked.unit_price, made.unit_price)
    or made.contract_id <> asked.contract_id or made.charged_on <> asked.charged_on)
order by made.charge_id
limit 20;
