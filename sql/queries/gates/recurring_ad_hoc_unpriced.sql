-- One row per ad-hoc charge that is due and has no price on its day.
select charge_id as charge, contract_id as contract, reason
from ad_hoc_waiting
where run_id = :run_id and why = 'unpriced'
order by charge_id
limit 20;
