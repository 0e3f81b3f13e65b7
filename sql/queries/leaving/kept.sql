-- One row per stretch of days of these lines that other runs found too little to give back (GC-13.2).
-- returns: tasks.charging.DaysCharged
select distinct line_no, lower(days) as first, upper(days) as past
from refund
where line_no = any(:line_nos) and run_id <> :run_id and below_floor
order by line_no, first;
