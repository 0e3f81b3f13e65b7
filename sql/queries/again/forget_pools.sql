-- Removes what an earlier attempt of the run staged.
delete from pool_use where run_id = :run_id;
