-- The inventory snapshot of a day, and whether a close has accepted it.
-- returns: tasks.feed.inventory._Stored
select content_hash, 
    exists (select 1
            from run r
            join run_step t on t.run_id = r.run_id and t.step = 'snapshot' and t.state = 'accepted'
            where r.snapshot_on = s.snapshot_on) as frozen
from inventory_snapshot s
where snapshot_on = cast(:day as date);
