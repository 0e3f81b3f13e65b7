-- The runs that credit an invoice and have rated usage again.
select run.run_id
from run
join run_step as step on step.run_id = run.run_id and step.step = 'issue' and step.state = 'accepted'
where run.kind = 'credit'
order by run.run_id;
