-- One row per charge of another run for days of service of these lines.
-- returns: tasks.settlement.ChargedPartRow
select line_no, lower(days) as first, upper(days) as past, quantity, unit_price, net, run_id
from recurring_charge
where line_no = any(:line_nos) and run_id <> :run_id and charge <> 'balance' and released_by is null
order by line_no, lower(days);
