-- Removes what an earlier attempt of the run staged.
delete from refund where run_id = :run_id;
