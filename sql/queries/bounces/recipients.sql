-- One row per address that a mail was handed over for; none for mails of earlier releases.
-- returns: tasks.bounces.Recipient
select address, state
from delivery_recipient
where delivery_id = :delivery_id
order by address;
