-- One row per ground of the orders given, by order and clause.
-- returns: tasks.suspension.orders.GroundRow
select order_no, clause, since, amount, invoices
from suspension_ground
where order_no = any(cast(:order_nos as bigint[]))
order by order_no, clause;
