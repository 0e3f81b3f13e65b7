-- One row per refused row of the feed, the newest first, with all that is wrong with it.
select path as file, line, string_agg(column_name, '; ' order by reject_no) as "column", string_agg(value, '; ' order by reject_no) as value,
    string_agg(reason, '; ' order by reject_no) as reason
from feed_reject
where resolved_import is null and line > 1 and path not like 'bank/%'
group by path, line
order by max(import_no) desc, path, line
limit 20;
