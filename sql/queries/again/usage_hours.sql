-- One row per hour with usage that the run billed of the lines given, or found free: how many records.
-- returns: tasks.rating_again.Hour
select date_bin(interval '1 hour', started_at, timestamptz '2000-01-01 00:00:00Z') as starts_at, count(*) as records
from rated_usage
where run_id = :run_id and status in (1, 2, 3) and line_no = any(cast(:line_nos as integer[]))
group by 1
order by 1;
