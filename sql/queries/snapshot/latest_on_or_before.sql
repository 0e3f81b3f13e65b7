-- The latest inventory snapshot dated on or before a day.
-- returns: tasks.snapshot.Snapshot
select snapshot_on, element_count, content_hash
from inventory_snapshot
where snapshot_on <= cast(:day as date)
order by snapshot_on desc
limit 1;
