-- The first close issued with a day after a month: its run, and the import its usage was rated from. Mostly it is that of the next month;
-- a month closed late is billed after its end by its own.
-- returns: tasks.books.traffic.RatedBy
select run.run_id, rating.import_no
from run
join run_step as issue on issue.run_id = run.run_id and issue.step = 'issue' and issue.state = 'accepted'
join run_step as rating on rating.run_id = run.run_id and rating.step = 'rating' and rating.state = 'accepted'
where run.kind = 'close' and run.run_on >= cast(:month as date) + interval '1 month'
order by run.run_on, run.period
limit 1;
