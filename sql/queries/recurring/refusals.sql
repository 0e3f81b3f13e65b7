-- Lines the run could not charge for want of a price, for the gate to name (GC-5.1).
-- returns: tasks.charging.Refusal
select l.line_id, r.day, r.reason
from charge_refusal as r
join line as l on l.line_no = r.line_no
where r.run_id = cast(:run_id as integer)
order by l.line_id;
