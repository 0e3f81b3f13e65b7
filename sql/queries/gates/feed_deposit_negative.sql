-- One row per payer of whose deposit or guarantee more went out than had come in, with the first day and what it comes to. EUR.
with moved as (
    select payer_id, kind, moved_on, amount from deposit_at((select coalesce(max(import_no), 0) from import_run))
    union all
    select payer_id, 'deposit', set_off_on, -amount from deposit_set_off
),
held as (
    select payer_id, kind, moved_on, sum(sum(amount)) over (partition by payer_id, kind order by moved_on) as balance
    from moved
    group by payer_id, kind, moved_on
)
select distinct on (payer_id, kind) payer_id as payer, kind, moved_on as since, balance as held
from held
where balance < 0
order by payer_id, kind, moved_on
limit 20;
