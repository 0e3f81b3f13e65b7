-- Forgets what an earlier attempt of the run left for the next close.
delete from usage_pending where run_id = :run_id;
