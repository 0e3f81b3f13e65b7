-- Moves a close of which nothing is accepted yet to another close date.
update run set run_on = cast(:run_on as date)
where run_id = :run_id;
