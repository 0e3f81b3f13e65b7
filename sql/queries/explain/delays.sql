-- The delays that a charge of interest rests on, in order. EUR; per_month is a share.
-- returns: tasks.explain.late.DelayRow
select from_day, to_day, open_amount, per_month, cost
from interest_delay
where run_id = :run_id and charge_no = :charge_no
order by seq;
