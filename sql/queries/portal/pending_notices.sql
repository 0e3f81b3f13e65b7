-- One row per notice of a run that is recorded and not sent, in the order of the payers, of those for whom something is published.
-- returns: tasks.portal_notices.PendingNotice
select delivery_id, message_id, recipients, payer_id
from delivery
where run_id = :run_id and purpose = 'notice' and state = 'pending' and exists (
    select from delivery as published
    where published.run_id = :run_id and published.payer_id = delivery.payer_id
        and published.purpose = 'invoice' and published.channel = 'portal' and published.state = 'sent'
)
order by payer_id;
