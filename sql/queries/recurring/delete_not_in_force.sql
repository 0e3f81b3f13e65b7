-- Removes what an earlier attempt of the run staged.
delete from contract_not_in_force where run_id = cast(:run_id as integer);
