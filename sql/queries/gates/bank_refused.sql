-- One row per bank statement or file that is refused or waits, and why.
select path as file, line, value as statement, reason
from feed_reject
where resolved_import is null and path like 'bank/%'
order by path, line, reject_no
limit 20;
