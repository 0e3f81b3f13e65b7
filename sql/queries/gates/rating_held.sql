-- One row per line with usage that cannot be billed now, the most records first.
select known.line_id as line, line.contract_id as contract,
    case rated.reason when 5 then 'contract not in force' when 6 then 'line not in service that day' when 7 then 'line on no order'
        else rated.reason::text end as reason,
    count(*) as records, min(rated.started_at) as first_started
from rated_usage as rated
left join line as known on known.line_no = rated.line_no
left join order_line_at(:import_no) as line on line.line_no = rated.line_no
where rated.run_id = :run_id and rated.status = 4 and rated.reason <> 10
group by 1, 2, 3
order by records desc, 1
limit 20;
