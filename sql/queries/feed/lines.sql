-- One row per order line that was ever imported: id and number.
-- returns: tasks.feed.known.Line
select line_id, line_no
from line
order by line_no;
