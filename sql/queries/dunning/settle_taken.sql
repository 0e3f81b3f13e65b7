-- Takes as sent every letter that one of its addresses took before the sending was ended: its payer has it.
update delivery set state = 'sent', sent_at = now()
where purpose = 'reminder' and state = 'pending' and exists (
    select from delivery_recipient
    where delivery_recipient.delivery_id = delivery.delivery_id and delivery_recipient.state = 'accepted'
);
