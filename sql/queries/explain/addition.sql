-- Units added within a month that a run charged back for it.
-- returns: billing.recurring.AdditionCharge
select line_no, period, first_day, to_day, quantity, unit_price, net, clause
from addition_charge
where run_id = :run_id and line_no = :line_no and first_day = cast(:first_day as date) and to_day = cast(:to_day as date);
