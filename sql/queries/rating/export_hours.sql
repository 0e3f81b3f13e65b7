-- One row per hour with rated usage of the run: how many records.
-- returns: tasks.rated_usage_export._Hour
select date_bin(interval '1 hour', started_at, timestamptz '2000-01-01 00:00:00Z') as starts_at, count(*) as records
from rated_usage
where run_id = :run_id
group by 1
order by 1;
