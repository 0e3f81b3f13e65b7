-- The inventory snapshot a run counted by; nothing when it counted none.
-- returns: tasks.snapshot.Snapshot
select snapshot_on, element_count, content_hash
from inventory_snapshot
join run using (snapshot_on)
where run.run_id = :run_id;
