-- One row per usage record of the window that has no status, or more than one.
select usage_record.usage_id as usage, line.line_id as line, usage_record.started_at as started, count(rated.usage_no) as times_rated
from usage_record
left join line using (line_no)
left join rated_usage as rated on rated.run_id = :run_id and rated.usage_no = usage_record.usage_no
where usage_record.usage_no > (select after_no from usage_window where run_id = :run_id)
    and usage_record.usage_no <= (select through_no from usage_window where run_id = :run_id)
    and usage_record.started_at < (select cutoff from usage_window where run_id = :run_id)
group by usage_record.usage_no, usage_record.usage_id, line.line_id, usage_record.started_at
having count(rated.usage_no) <> 1
order by usage_record.usage_no
limit 20;
