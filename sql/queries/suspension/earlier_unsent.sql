-- The first order of a payer before this one that is approved and has not left.
-- returns: bigint
select min(order_no)
from suspension_order
where payer_id = :payer_id and order_no < :order_no and state = 'approved';
