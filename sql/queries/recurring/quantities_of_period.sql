-- The quantity other runs charged for days of a month, the highest where they differ: one row a line.
-- returns: tasks.recurring.QuantityOfPeriod
select line_no, max(quantity) as quantity
from recurring_charge
where run_id <> cast(:run_id as integer) and charge <> 'balance'
  and days && daterange(cast(:first as date), cast(:past as date))
group by line_no;
