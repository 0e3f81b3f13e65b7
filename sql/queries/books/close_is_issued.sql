-- Whether the close of a month, or of a later one, is issued: then what the month bills is known.
-- returns: boolean
select exists (
    select from run
    join run_step as issue on issue.run_id = run.run_id and issue.step = 'issue' and issue.state = 'accepted'
    where run.kind = 'close' and run.period >= cast(:month as date)
);
