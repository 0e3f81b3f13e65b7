-- What a run took of the pools of an end client for a destination group, and what runs before it had taken and kept, by month.
-- returns: tasks.explain.made_from.PoolTaken
select
    pool.unit, pool.month, pool.allowance, pool.used,
    cast(coalesce((
        select sum(other.used)
        from pool_use as other
        join run_step as theirs on theirs.run_id = other.run_id and theirs.step = 'drafts'
        join run_step as ours on ours.run_id = pool.run_id and ours.step = 'drafts'
        where (other.contract_id, other.end_client_id, other.destination_group, other.unit, other.month)
            = (pool.contract_id, pool.end_client_id, pool.destination_group, pool.unit, pool.month)
            and other.released_by is null and coalesce(theirs.staged_at, theirs.accepted_at) < coalesce(ours.staged_at, ours.accepted_at)
    ), 0) as bigint) as before
from pool_use as pool
where pool.run_id = :run_id and pool.contract_id = :contract_id and pool.end_client_id = :end_client_id
    and pool.destination_group = :destination_group
order by pool.month, pool.unit;
