-- One row per addition the run charged back of the lines given.
-- returns: billing.recurring.AdditionCharge
select line_no, period, first_day, to_day, quantity, unit_price, net, clause
from addition_charge
where run_id = :run_id and released_by is null and line_no = any(cast(:line_nos as integer[]))
order by line_no, period, first_day;
