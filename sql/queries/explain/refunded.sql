-- What a run gave back of the days of a line, with the run that charged them.
-- returns: tasks.explain.made_from.RefundRow
select lower(days) as first, upper(days) as past, termination_id, charged_run_id, net, clause
from refund
where run_id = :run_id and line_no = :line_no and not below_floor and days && daterange(cast(:first as date), cast(:last as date), '[]')
order by days;
