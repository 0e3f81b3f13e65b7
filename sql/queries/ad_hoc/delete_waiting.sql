-- Removes what an earlier attempt of the run staged.
delete from ad_hoc_waiting where run_id = cast(:run_id as integer);
