-- The payers that were left out of a close, by id, who said so and why.
-- returns: tasks.review.records.Exclusion
select payer_id, excluded_by, reason
from payer_exclusion
where run_id = :run_id
order by payer_id;
