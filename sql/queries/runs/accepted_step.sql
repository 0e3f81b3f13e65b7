-- An accepted step of a run: the import it read, the settings of its rules. None when the step is not accepted.
-- returns: tasks.rerun.rules.Accepted
select import_no, settings
from run_step
where run_id = :run_id and step = :step and state = 'accepted';
