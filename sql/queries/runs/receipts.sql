-- One row per accepted step of a run, in the order of acceptance: step, receipt (name → figure), accepted_at.
select step, receipt, accepted_at
from run_step
where run_id = :run_id and state = 'accepted'
order by accepted_at, step;
