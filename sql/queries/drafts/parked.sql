-- One row per payer parked in the run.
select payer_id
from parked_payer
where run_id = :run_id;
