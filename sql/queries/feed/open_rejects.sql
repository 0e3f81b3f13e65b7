-- The reject list: one row per refused cell, row (column empty) or file (line 0) that no later import has settled.
-- returns: tasks.feed.rejects.Reject
select path, line, column_name, value, reason
from feed_reject
where resolved_import is null
order by path collate "C", line, column_name, reject_no;
