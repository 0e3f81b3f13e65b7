-- The period of a close that was begun and has not issued its invoices; what it charged is spoken for until it does. None when there is none.
select run.period
from run
where kind = 'close' and run_id <> :run_id
    and exists (select from run_step as step where step.run_id = run.run_id and step.state = 'accepted')
    and not exists (select from run_step as step where step.run_id = run.run_id and step.step = 'issue' and step.state = 'accepted')
order by run.period
limit 1;
