-- One row per warning of the gates of a run: what was expected, how often it is not so, and what to do.
-- returns: tasks.review.described.Warned
select gate, says, cast(found as text) as found, advice
from gate_finding
where run_id = :run_id and not passed and severity = 'warning'
order by gate, says;
