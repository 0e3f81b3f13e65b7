-- One row per record made while on minimum service that the run held: whose, when (UTC), to whom, how much, and the suspension it fell in.
-- returns: tasks.barring_failures.Failure
select line.end_client_id, line.line_id, usage.usage_id, (array['voice', 'sms', 'data'])[usage.kind] as kind,
    to_char(usage.started_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as started_at, usage.callee, usage.quantity,
    suspension.suspension_id, suspension.starts_on, suspension.ends_on, suspension.clause
from rated_usage as rated
join usage_record as usage using (usage_no)
join order_line_at(:import_no) as line on line.line_no = rated.line_no
left join lateral (
    select * from suspension_at(:import_no) as known
    where known.end_client_id = line.end_client_id
        and cast(usage.started_at at time zone 'Europe/Brussels' as date) between known.starts_on and coalesce(known.ends_on, 'infinity')
    order by known.starts_on, known.suspension_id
    limit 1
) as suspension on true
where rated.run_id = :run_id and rated.status = 4 and rated.reason = 10
order by line.end_client_id, line.line_id, usage.started_at, usage.usage_id collate "C";
