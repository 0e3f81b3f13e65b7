-- One row per credit run that has issued nothing, other than the one given: what it was asked, and how far it came.
-- returns: tasks.credit_runs.Unissued
select run.run_id, run.subject, run.run_on, run.request,
    exists (select from run_step as step where step.run_id = run.run_id and step.state = 'accepted') as is_begun
from run
where kind = 'credit' and run_id <> :run_id
    and not exists (select from invoice where invoice.run_id = run.run_id and number is not null)
order by run.run_id;
