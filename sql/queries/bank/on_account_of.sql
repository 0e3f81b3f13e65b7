-- One row per payer given with money on account, by payer: what there is, and the movements that brought what is left of it. EUR.
-- returns: tasks.before_dunning.OnAccount
with held as (
    select payer_id, movement_no, sum(amount) as amount
    from allocation
    where place = 'on_account' and payer_id = any(cast(:payer_ids as text[]))
    group by payer_id, movement_no
)
select payer_id, coalesce(string_agg(movement_no::text, ', ' order by movement_no) filter (where amount > 0), '') as movements,
    sum(amount) as amount
from held
group by payer_id
having sum(amount) > 0
order by payer_id;
