-- One row per payer parked in the run, with the reason.
-- returns: tasks.review.described.ParkedPayer
select payer_id, reason
from parked_payer
where run_id = :run_id
order by payer_id;
