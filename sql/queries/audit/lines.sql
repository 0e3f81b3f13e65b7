-- The ids of order lines by their numbers.
-- returns: tasks.audit.naming.LineName
select line_no, line_id
from line
where line_no = any(cast(:numbers as integer[]));
