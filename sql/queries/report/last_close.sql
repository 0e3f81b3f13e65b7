-- The last close before a period that issued its invoices: what this one is compared with. `import_no` is the one its drafts were made with.
-- returns: tasks.close_comparison.LastClose
select run.run_id, run.period, run.run_on as on, drafts.import_no
from run
join run_step as drafts on drafts.run_id = run.run_id and drafts.step = 'drafts'
join run_step as issue on issue.run_id = run.run_id and issue.step = 'issue' and issue.state = 'accepted'
where run.kind = 'close' and run.period < cast(:period as date)
order by run.period desc
limit 1;
