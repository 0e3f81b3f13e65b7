-- One row per ad-hoc charge that is due and not billed, and why; one that a bankruptcy forbids is told once.
select waiting.charge_id as charge, waiting.contract_id as contract, waiting.reason
from ad_hoc_waiting as waiting
where waiting.run_id = :run_id and not (waiting.why = 'bankrupt' and exists (
    select from ad_hoc_waiting as told where told.charge_id = waiting.charge_id and told.why = 'bankrupt' and told.run_id < :run_id))
order by waiting.charge_id
limit 20;
