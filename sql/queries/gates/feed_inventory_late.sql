-- One row per inventory that came after a close had counted by a later one.
select path as file, value as day, reason
from feed_reject
where resolved_import is null and line = 0 and column_name = 'late'
order by path
limit 20;
