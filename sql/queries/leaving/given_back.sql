-- One row per stretch of days of these lines that other runs gave back; what was too little to be paid may still be, with more.
-- returns: tasks.charging.DaysCharged
select line_no, lower(days) as first, upper(days) as past
from refund
where line_no = any(:line_nos) and run_id <> :run_id and not below_floor
order by line_no, lower(days);
