-- The inventory snapshot the run froze, with the hash of its content; no row when the run uses none.
-- returns: tasks.document_records.SnapshotRow
select snapshot_on, content_hash from inventory_snapshot join run using (snapshot_on) where run.run_id = :run_id;
