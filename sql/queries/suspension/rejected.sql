-- One row per order of the payers given that finance rejected after a day.
-- returns: tasks.suspension.gathering.RejectedRow
select order_no, payer_id, decided_on
from suspension_order
where state = 'rejected' and payer_id = any(cast(:payer_ids as text[])) and decided_on > cast(:after as date)
order by order_no;
