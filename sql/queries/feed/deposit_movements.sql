-- One row per movement of deposits and guarantees now in force, of the payers given and of those that the ids given belong to.
-- returns: billing.deposits.Movement
with in_force as (
    select record_id as movement_id, record ->> 'payer_id' as payer_id, record ->> 'kind' as kind,
        cast(record ->> 'on' as date) as moved_on, cast(record ->> 'amount' as numeric) as amount
    from feed_record
    where table_name = 'deposits' and superseded_import is null
)
select movement_id, payer_id, kind, moved_on, amount
from in_force
where payer_id = any(cast(:payer_ids as text[]))
    or payer_id in (select payer_id from in_force where movement_id = any(cast(:deposit_ids as text[])));
