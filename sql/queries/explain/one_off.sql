-- What a run charged once of an order line.
-- returns: billing.one_off.OneOffCharge
select line_no, ordered_on, quantity, unit_price, net, clause
from one_off_charge
where run_id = :run_id and line_no = :line_no;
