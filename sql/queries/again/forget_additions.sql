-- Removes what an earlier attempt of the run staged.
delete from addition_charge where run_id = :run_id;
