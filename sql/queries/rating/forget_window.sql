-- Forgets the stretch of usage an earlier attempt of the run looked at.
delete from usage_window where run_id = :run_id;
