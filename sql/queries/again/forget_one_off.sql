-- Removes what an earlier attempt of the run staged.
delete from one_off_charge where run_id = :run_id;
