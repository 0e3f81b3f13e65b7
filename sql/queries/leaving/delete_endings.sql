-- Removes what an earlier attempt of the run staged.
delete from line_ending where run_id = :run_id;
