-- The end of each of these lines as another run has recorded it last: one row a line.
-- returns: tasks.settlement.RecordedRow
select distinct on (line_no) line_no, termination_id, past_day
from line_ending
where line_no = any(:line_nos) and run_id <> :run_id
order by line_no, run_id desc;
