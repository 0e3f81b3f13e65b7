-- One row per run whose invoices of a month were issued: the close, the orders and the corrections dated in it, in order of issue.
-- returns: tasks.audit.recomputing.Issued
select run.run_id, run.kind, run.period, run.run_on as on, run.subject
from run
join run_step as step on step.run_id = run.run_id and step.step = 'issue' and step.state = 'accepted'
where case when run.kind = 'close' then run.period = cast(:first as date) else run.run_on >= cast(:first as date) and run.run_on < cast(:past as date) end
order by step.accepted_at, run.run_id;
