-- The first and the last day that a run charges of what recurs; none when it charges nothing.
-- returns: tasks.preview.closing.Days
select min(lower(days)) as first, max(upper(days)) - 1 as last
from recurring_charge
where run_id = :run_id and charge <> 'balance'
having count(*) > 0;
