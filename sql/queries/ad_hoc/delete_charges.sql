-- Removes what an earlier attempt of the run staged.
delete from ad_hoc_charge where run_id = cast(:run_id as integer);
