-- Who approved the drafts of a run.
select approved_by
from run
where run_id = :run_id;
