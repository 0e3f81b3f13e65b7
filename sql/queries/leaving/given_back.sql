-- One row per stretch of days of these lines that other runs gave back, or found too little to be paid.
-- returns: tasks.charging.DaysCharged
select line_no, lower(days) as first, upper(days) as past
from refund
where line_no = any(:line_nos) and run_id <> :run_id
order by line_no, lower(days);
