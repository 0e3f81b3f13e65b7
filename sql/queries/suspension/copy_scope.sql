-- Lets a restoration reach whom the order reached that it takes back.
insert into suspension_scope (order_no, end_client_id, name)
select cast(:order_no as bigint), end_client_id, name
from suspension_scope
where order_no = :restores_order_no;
