-- One row per allowance of which more was used than it holds. Seconds, or bytes for data.
select contract_id as contract, end_client_id as end_client, destination_group, month,
    max(allowance) filter (where pool_use.run_id = :run_id) as allowance, sum(used) as used
from pool_use
join run on run.run_id = pool_use.run_id
left join run_step as step on step.run_id = pool_use.run_id and step.step = 'rating'
where released_by is null and (pool_use.run_id = :run_id or step.state = 'accepted' or run.kind = 'credit')
group by contract_id, end_client_id, destination_group, unit, month
having sum(used) > max(allowance) filter (where pool_use.run_id = :run_id)
order by contract_id, end_client_id, destination_group, month
limit 20;
