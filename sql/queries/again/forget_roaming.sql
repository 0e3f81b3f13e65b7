-- Removes what an earlier attempt of the run staged.
delete from roaming_use where run_id = :run_id;
