-- One row per charge for days of service that the run made of the lines given.
-- returns: tasks.invoice_again.ChargeRow
select line_no, lower(days) as first, upper(days) as past, charge, quantity, unit_price, net, clause, count_rule, count_clause, counted, ordered,
    price_from
from recurring_charge
where run_id = :run_id and released_by is null and line_no = any(cast(:line_nos as integer[]))
order by line_no, first;
