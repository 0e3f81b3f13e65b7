-- One row per movement of deposits and guarantees up to a day, all payers, set-offs among them.
-- returns: billing.deposits.Movement
select record_id as movement_id, record ->> 'payer_id' as payer_id, record ->> 'kind' as kind, cast(record ->> 'on' as date) as moved_on,
    cast(record ->> 'amount' as numeric) as amount
from feed_record
where table_name = 'deposits' and superseded_import is null and cast(record ->> 'on' as date) <= cast(:day as date)
union all
select 'set-off ' || set_off_no, payer_id, 'deposit', set_off_on, -amount
from deposit_set_off
where set_off_on <= cast(:day as date)
order by payer_id, moved_on, movement_id;
