-- The hash of the inventory snapshot of a day (null when there is none), and whether a close has accepted it or a later one.
-- returns: tasks.feed.inventory._Stored
select
    (select content_hash from inventory_snapshot where snapshot_on = cast(:day as date)) as content_hash,
    exists (select 1
            from run r
            join run_step t on t.run_id = r.run_id and t.step = 'snapshot' and t.state = 'accepted'
            where r.snapshot_on >= cast(:day as date)) as frozen;
