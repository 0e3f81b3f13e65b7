-- One row per deposit set off against debt of the payers given, as what went out of it.
-- returns: billing.deposits.Movement
select 'set-off ' || set_off_no as movement_id, payer_id, 'deposit' as kind, set_off_on as moved_on, -amount as amount
from deposit_set_off
where payer_id = any(cast(:payer_ids as text[]));
