-- One row per ad-hoc charge of the run that is not quantity × price, or that another run has charged too.
select charge.charge_id as charge, charge.contract_id as contract, charge.charged_on, charge.quantity, charge.unit_price, charge.net,
    (select string_agg(cast(other.run_id as text), ', ' order by other.run_id) from ad_hoc_charge as other
        where other.charge_id = charge.charge_id and other.run_id <> charge.run_id and other.released_by is null) as charged_by_run
from ad_hoc_charge as charge
where charge.run_id = :run_id and (charge.net <> round(charge.quantity * charge.unit_price, 2) or (charge.released_by is null and exists (
    select from ad_hoc_charge as other
    where other.charge_id = charge.charge_id and other.run_id <> charge.run_id and other.released_by is null)))
order by charge.charge_id
limit 20;
