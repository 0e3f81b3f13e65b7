-- One row per end of a line that another run has recorded.
-- returns: tasks.settlement.RecordedRow
select distinct line_no, termination_id, past_day
from line_ending
where line_no = any(:line_nos) and run_id <> :run_id;
