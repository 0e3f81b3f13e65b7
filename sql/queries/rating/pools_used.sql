-- One row per pool that accepted ratings of other runs drew on, or runs that credited an invoice and made it anew: what they took together.
-- returns: tasks.rating_basis._UsedRow
select use.contract_id, use.end_client_id, use.destination_group, use.unit, use.month, cast(sum(use.used) as bigint) as used
from pool_use as use
join run on run.run_id = use.run_id
left join run_step as step on step.run_id = use.run_id and step.step = 'rating' and step.state = 'accepted'
where use.run_id <> :run_id and use.released_by is null and (step.run_id is not null or run.kind = 'credit')
group by use.contract_id, use.end_client_id, use.destination_group, use.unit, use.month;
