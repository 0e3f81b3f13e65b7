-- One row when e-invoices wait for the access point: how many, the first of them, and what the access point said last.
-- returns: tasks.status_e_invoices.Waiting
select count(*) as count, min(invoice.number) as first,
    (array_agg(delivery.last_error order by delivery.attempts desc, invoice.number))[1] as said
from delivery
join invoice using (invoice_id)
where delivery.purpose = 'e_invoice' and delivery.state = 'pending'
having count(*) > 0;
