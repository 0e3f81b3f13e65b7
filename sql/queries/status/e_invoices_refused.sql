-- One row per e-invoice that the access point refused, newest first.
-- returns: tasks.status_e_invoices.Refused
select invoice.number, delivery.payer_id, delivery.last_error as reason
from delivery
join invoice using (invoice_id)
where delivery.purpose = 'e_invoice' and delivery.state = 'failed'
order by invoice.issued_on desc, invoice.number;
