-- The inventory snapshot a line was counted by in a run; nothing when the run counted none.
-- returns: tasks.snapshot.Snapshot
select snapshot_on, element_count, content_hash
from inventory_snapshot
where snapshot_on = counted_on(:run_id, :line_no, :import_no);
