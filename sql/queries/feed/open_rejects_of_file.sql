-- The open entries of the reject list for one file.
-- returns: tasks.feed.rejects.Reject
select path, line, column_name, value, reason
from feed_reject
where path = :path and resolved_import is null
order by line, column_name, reject_no;
