-- One row per stretch of days that the run charged of the lines given and that was given back since.
-- returns: tasks.charging.DaysCharged
select refund.line_no, lower(refund.days) as first, upper(refund.days) as past
from refund
where refund.charged_run_id = :run_id and not refund.below_floor and refund.line_no = any(cast(:line_nos as integer[]))
    and exists (select from run_step as step where step.run_id = refund.run_id and step.step = 'issue' and step.state = 'accepted')
order by refund.line_no, first;
