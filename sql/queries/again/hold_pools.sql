-- Keeps what the run staged from counting until its invoice is issued.
update pool_use set released_by = :released_by
where run_id = :run_id;
