-- Notes that a mail came back, once no address is left that took it; the first day that was said stands.
update delivery set bounced_on = :bounced_on, bounce_reason = :reason
where delivery_id = :delivery_id and state = 'sent' and bounced_on is null
    and not exists (
        select from delivery_recipient
        where delivery_recipient.delivery_id = delivery.delivery_id and delivery_recipient.state = 'accepted'
    );
