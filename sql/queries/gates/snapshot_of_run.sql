-- One row: the snapshot the close counts from, with the hash it was imported with.
-- returns: tasks.measured._Snapshot
select snapshot.snapshot_on, snapshot.content_hash
from run
join inventory_snapshot as snapshot on snapshot.snapshot_on
    = coalesce(run.snapshot_on, (select max(snapshot_on) from inventory_snapshot where snapshot_on <= run.run_on))
where run.run_id = :run_id;
