-- What other runs last charged of each line for days of service: one row a line.
-- returns: tasks.settlement.LastChargedRow
select distinct on (line_no) line_no, quantity, unit_price, price_from, counted
from recurring_charge
where line_no = any(:line_nos) and run_id <> :run_id and charge <> 'balance' and released_by is null
order by line_no, upper(days) desc;
