-- Forgets that steps were done; their rows are replaced when they are done again.
delete from run_step
where run_id = :run_id and step = any (cast(:steps as text[]));
