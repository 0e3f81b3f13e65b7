-- Forgets what an earlier attempt of the run took of the pools.
delete from pool_use where run_id = :run_id;
