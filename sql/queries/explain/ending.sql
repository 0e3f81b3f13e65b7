-- How a line ends, as the runs up to one have decided last.
-- returns: tasks.explain.made_from.EndingRow
select termination_id, past_day, balance_until, clause
from line_ending
where line_no = :line_no and run_id <= :run_id
order by run_id desc
limit 1;
