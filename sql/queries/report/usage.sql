-- One row per status of the usage the close rated.
-- returns: tasks.report._Usage
select status, count(*) as records, coalesce(sum(price_cents), 0)::bigint as cents
from rated_usage
where run_id = :run_id
group by status
order by status;
