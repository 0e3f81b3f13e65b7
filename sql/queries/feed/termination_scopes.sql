-- One row per termination in force: what it ends, and by which act.
-- returns: tasks.feed.terminations.Scope
select record_id as termination_id, record ->> 'contract_id' as contract_id, nullif(record ->> 'line_id', '') as line_id,
    coalesce(nullif(record ->> 'end_client_id', ''), line.end_client_id) as end_client_id,
    case
        when record ->> 'by' = 'bankruptcy' then 'bankruptcy'
        when record ->> 'by' = 'operator' and cast(record ->> 'client_breach' as boolean) then 'breach'
        else 'letter'
    end as act
from feed_record
left join order_line as line on line.line_id = record ->> 'line_id' and line.superseded_import is null
where table_name = 'terminations' and feed_record.superseded_import is null
order by record_id;
