-- Whether this asking was noted before: the Retry of one that has begun goes on, it does not ask anew.
select exists (select from run_reopening where run_id = :run_id and asked_by = :asked_by);
