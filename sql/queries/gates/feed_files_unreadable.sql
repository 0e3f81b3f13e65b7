-- One row per file of the feed that could not be used as a whole: line 0 speaks of the file, line 1 of its header. An inventory that came
-- too late has a check of its own.
select path as file, column_name as "column", value, reason
from feed_reject
where resolved_import is null and line <= 1 and column_name <> 'late' and path not like 'bank/%'
order by path, reject_no
limit 20;
