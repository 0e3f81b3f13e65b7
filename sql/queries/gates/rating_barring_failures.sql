-- One row per line that was used while on minimum service, the most records first; called numbers but for their last digits.
select line.end_client_id as end_client, known.line_id as line, count(*) as records, min(rated.started_at) as first_started,
    max(rated.started_at) as last_started,
    min(case
        when rated.callee_key > 0 then '+' || left(cast(rated.callee_key as text), -4) || 'xxxx'
        when rated.callee_key < 0 then cast(-rated.callee_key as text)
    end) as for_instance_to
from rated_usage as rated
left join line as known on known.line_no = rated.line_no
left join order_line_at(:import_no) as line on line.line_no = rated.line_no
where rated.run_id = :run_id and rated.status = 4 and rated.reason = 10
group by 1, 2
order by records desc, 1, 2
limit 20;
