-- One row per e-invoice of the run that was not taken, or goes to another than the payer of its invoice.
select invoice.number, delivery.payer_id as payer, delivery.recipients, delivery.state, delivery.attempts, delivery.last_error
from delivery
join invoice using (invoice_id)
where invoice.run_id = :run_id and delivery.purpose = 'e_invoice' and (
    delivery.state <> 'sent' or delivery.payer_id <> invoice.payer_id or delivery.channel <> 'peppol' or delivery.recipients !~ '^[0-9A-Z]{2,4}:[^\s]'
)
order by delivery.state, invoice.number
limit 20;
