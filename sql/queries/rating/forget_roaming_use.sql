-- Forgets what an earlier attempt of the run let users have of their roaming limits.
delete from roaming_use where run_id = :run_id;
