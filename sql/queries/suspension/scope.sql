-- One row per end client that the orders given reach, by order and name.
-- returns: tasks.suspension.orders.ScopeRow
select order_no, end_client_id, name
from suspension_scope
where order_no = any(cast(:order_nos as bigint[]))
order by order_no, name collate "C", end_client_id collate "C";
