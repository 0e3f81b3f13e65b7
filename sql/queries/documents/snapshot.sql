-- The inventory snapshot the run froze, with the number of its elements and the hash of its content; no row when the run uses none.
-- returns: tasks.snapshot.Snapshot
select snapshot_on, element_count, content_hash from inventory_snapshot join run using (snapshot_on) where run.run_id = :run_id;
