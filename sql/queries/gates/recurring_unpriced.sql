-- One row per line without a price on a day it is charged for.
select line.line_id as line, refusal.day, refusal.reason
from charge_refusal as refusal
join line using (line_no)
where refusal.run_id = :run_id
order by line.line_id
limit 20;
