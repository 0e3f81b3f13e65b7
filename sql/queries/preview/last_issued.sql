-- The month of the last close before a month that issued its invoices; none when there is none.
select max(run.period)
from run
join run_step as step on step.run_id = run.run_id and step.step = 'issue' and step.state = 'accepted'
where run.kind = 'close' and run.period < cast(:period as date);
