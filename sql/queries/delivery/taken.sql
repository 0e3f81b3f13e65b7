-- One row per address that took a mail which is not settled yet.
-- returns: tasks.outbox.Taken
select delivery_recipient.delivery_id, delivery_recipient.address
from delivery_recipient
join delivery using (delivery_id)
where delivery_id = any(cast(:delivery_ids as bigint[])) and delivery.state = 'pending' and delivery_recipient.state = 'accepted';
