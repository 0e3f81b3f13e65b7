-- One row per one-off charge the run made of the lines given.
-- returns: billing.one_off.OneOffCharge
select line_no, ordered_on, quantity, unit_price, net, clause
from one_off_charge
where run_id = :run_id and released_by is null and line_no = any(cast(:line_nos as integer[]))
order by line_no;
