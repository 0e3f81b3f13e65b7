-- One row per hour with usage in scope: how many records, how many of them left over by the previous close, the highest usage_no.
-- returns: tasks.rating._Hour
select date_bin(interval '1 hour', started_at, timestamptz '2000-01-01 00:00:00Z') as starts_at,
       count(*) as records, 0 as leftover, max(usage_no) as last_no
from usage_record
where usage_no > :after_no
group by 1
union all
select date_bin(interval '1 hour', started_at, timestamptz '2000-01-01 00:00:00Z'), count(*), count(*), 0
from usage_pending
join usage_record using (usage_no)
where usage_pending.run_id = :previous_id
group by 1
order by 1;
