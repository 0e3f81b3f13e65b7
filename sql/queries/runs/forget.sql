-- Removes a run with all it staged; what it charged is free again.
delete from run
where run_id = :run_id;
