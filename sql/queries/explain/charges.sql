-- What a run charged of an order line for days, in order; `past` is the first day after them.
-- returns: tasks.explain.made_from.Charge
select
    lower(days) as first, upper(days) as past, charge, quantity, unit_price, net, clause, count_rule, count_clause, counted, ordered, price_from
from recurring_charge
where run_id = :run_id and line_no = :line_no
order by days;
