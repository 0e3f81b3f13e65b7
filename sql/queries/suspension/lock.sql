-- Locks an order, so that it is decided about and sent one after the other.
select order_no
from suspension_order
where order_no = :order_no
for update;
