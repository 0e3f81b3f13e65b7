-- One row per dispute of the feed that could not be taken in, and why.
select path as file, line, column_name as "column", value, reason
from feed_reject
where resolved_import is null and path like 'disputes.%'
order by path, line, reject_no
limit 20;
