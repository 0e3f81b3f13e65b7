-- One row: the delivery with a Message-ID, and the day it was sent on: that of the letter, of the copy, of the run for all others.
-- returns: tasks.bounces.Delivered
select delivery.delivery_id, delivery.purpose, delivery.payer_id, delivery.state, delivery.channel, delivery.recipients, delivery.bounced_on,
    coalesce(dunning_notice.noticed_on, delivery.asked_on, run.run_on) as sent_on,
    case delivery.purpose when 'reminder' then 'the letter of level ' || dunning_notice.level
        when 'notice' then 'the notice of the portal'
        when 'copy' then 'the copy of ' || replace(invoice.kind, '_', ' ') || ' ' || invoice.number
        else replace(invoice.kind, '_', ' ') || ' ' || invoice.number end as what
from delivery
left join dunning_notice on dunning_notice.delivery_id = delivery.delivery_id
left join invoice on invoice.invoice_id = delivery.invoice_id
left join run on run.run_id = coalesce(delivery.run_id, invoice.run_id)
where delivery.message_id = :message_id
for update of delivery;
