-- One row per accepted step of a run: step.
select step
from run_step
where run_id = :run_id and state = 'accepted';
