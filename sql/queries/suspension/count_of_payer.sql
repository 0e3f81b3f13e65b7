-- How many orders of a payer there are.
-- returns: bigint
select count(*)
from suspension_order
where payer_id = :payer_id;
