-- One row per check of the gates of a run, as found last.
-- returns: tasks.gates._StoredFinding
select gate, check_name, severity, clause, says, found, limit_at_most, passed, examples, advice
from gate_finding
where run_id = :run_id
order by gate, check_name;
