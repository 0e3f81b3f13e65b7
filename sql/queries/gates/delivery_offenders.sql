-- One row per delivery of the run that has not arrived, goes to nobody, or to another payer than that of the invoice.
select invoice.number, delivery.payer_id as payer, delivery.channel, delivery.state, delivery.attempts, delivery.last_error
from delivery
join invoice using (invoice_id)
where invoice.run_id = :run_id and delivery.purpose = 'invoice' and (
    delivery.state = 'pending' or delivery.recipients = '' or delivery.payer_id <> invoice.payer_id
    or (delivery.state = 'failed' and not exists (
        select from delivery as copy
        where copy.invoice_id = delivery.invoice_id and copy.purpose = 'copy' and copy.state = 'sent' and copy.bounced_on is null
    ))
    or (delivery.channel = 'email' and delivery.recipients !~ '[^@;\s]@[^@;\s]')
)
order by delivery.state, invoice.number
limit 20;
