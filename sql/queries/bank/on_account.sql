-- What a payer has on account. EUR.
-- returns: numeric
select coalesce(sum(amount), 0.00)
from allocation
where place = 'on_account' and payer_id = :payer_id;
