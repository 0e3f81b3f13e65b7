-- The day of the snapshot a run counts by; none when it has chosen none.
select snapshot_on
from run
where run_id = :run_id;
