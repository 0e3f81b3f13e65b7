-- Removes what an earlier attempt of the run staged.
delete from credit_payout where run_id = :run_id;
