-- The day of the snapshot a run counts on: the one it froze, else the latest on or before its date; null when there is none.
-- returns: date
select coalesce(
    (select snapshot_on from run where run_id = cast(:run_id as integer)),
    (select max(snapshot_on) from inventory_snapshot where snapshot_on <= cast(:on as date))
);
