-- One row per accepted step of a run, in the order they were done: the import it read, its settings, when it began to read.
-- returns: tasks.audit.recomputing.Noted
select step, import_no, settings, coalesce(began_at, accepted_at) as began_at
from run_step
where run_id = :run_id and state = 'accepted'
order by coalesce(staged_at, accepted_at), step;
