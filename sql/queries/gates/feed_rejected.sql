-- One row per refused row of the feed, the newest first.
select path as file, line, column_name as "column", value, reason
from feed_reject
where resolved_import is null and line > 0
order by import_no desc, path, line
limit 20;
