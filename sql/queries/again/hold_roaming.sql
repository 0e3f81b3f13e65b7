-- Keeps what the run staged from counting until its invoice is issued.
update roaming_use set released_by = :released_by
where run_id = :run_id;
