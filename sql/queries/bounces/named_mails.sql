-- One row per mail of ours that a notice names: by the number in the address it came back to (1), a Message-ID (2), an invoice (3).
-- returns: tasks.bounce_mail.booking.Named
select message_id, min(named_by) as named_by
from (
    select message_id, channel, 1 as named_by from delivery where delivery_id = cast(:delivery_id as bigint)
    union all
    select message_id, channel, 2 from delivery where message_id = any(cast(:message_ids as text[]))
    union all
    select delivery.message_id, delivery.channel, 3
    from invoice
    join delivery using (invoice_id)
    where invoice.number = any(cast(:invoices as text[])) and delivery.purpose = 'invoice'
) as named
where channel = 'email'
group by message_id
order by named_by, message_id;
