-- What a run took of the pools of an end client for a destination group, and what runs before it had taken, by month.
-- returns: tasks.explain.records.PoolTaken
select
    pool.unit, pool.month, pool.allowance, pool.used,
    coalesce((
        select sum(other.used) from pool_use as other
        join run_step as step on step.run_id = other.run_id and step.step in ('rating', 'drafts')
        where (other.contract_id, other.end_client_id, other.destination_group, other.unit, other.month)
            = (pool.contract_id, pool.end_client_id, pool.destination_group, pool.unit, pool.month)
            and other.run_id < pool.run_id and step.step = (case when exists (
                select from run where run.run_id = other.run_id and run.kind = 'close') then 'rating' else 'drafts' end)
    ), 0)::bigint as before
from pool_use as pool
where pool.run_id = :run_id and pool.contract_id = :contract_id and pool.end_client_id = :end_client_id
    and pool.destination_group = :destination_group
order by pool.month, pool.unit;
