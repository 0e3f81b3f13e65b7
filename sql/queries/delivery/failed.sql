-- One row per invoice of the run that could not be delivered, in the order of the numbers.
-- returns: tasks.delivery.FailedDelivery
select invoice.number, delivery.payer_id, delivery.recipients, delivery.last_error as reason
from delivery
join invoice using (invoice_id)
where delivery.run_id = :run_id and delivery.purpose = 'invoice' and delivery.state = 'failed'
order by invoice.number;
