-- Removes what an earlier attempt of the run staged.
delete from charge_refusal where run_id = cast(:run_id as integer);
