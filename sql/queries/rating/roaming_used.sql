-- One row per user and month whom accepted ratings of other runs, or runs that made an invoice anew, let use roaming data: bytes together.
-- returns: tasks.rating_basis._RoamedRow
select use.line_no, use.sim, use.month, cast(sum(use.bytes) as bigint) as bytes
from roaming_use as use
join run on run.run_id = use.run_id
left join run_step as step on step.run_id = use.run_id and step.step = 'rating' and step.state = 'accepted'
where use.run_id <> :run_id and use.released_by is null and (step.run_id is not null or run.kind = 'credit')
group by use.line_no, use.sim, use.month;
