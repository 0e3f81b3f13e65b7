-- One row per end client that these suspensions reach, by name.
-- returns: tasks.dunning.composing.Suspended
select order_no, name
from suspension_scope
where order_no = any(cast(:order_nos as bigint[]))
order by order_no, name collate "C", end_client_id;
