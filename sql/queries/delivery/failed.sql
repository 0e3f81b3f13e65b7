-- One row per invoice of the run that could not be delivered, nor a copy of it, in the order of the numbers.
-- returns: tasks.delivery.FailedDelivery
select invoice.number, delivery.payer_id, delivery.recipients, delivery.last_error as reason
from delivery
join invoice using (invoice_id)
where delivery.run_id = :run_id and delivery.purpose = 'invoice' and delivery.state = 'failed'
    and not exists (
        select from delivery as copy
        where copy.invoice_id = delivery.invoice_id and copy.purpose = 'copy' and copy.state = 'sent' and copy.bounced_on is null
    )
order by invoice.number;
