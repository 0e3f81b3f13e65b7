-- One row: how the invoices of the close went out.
-- returns: tasks.close_report._Deliveries
select
    count(*) filter (where delivery.channel = 'email' and delivery.state = 'sent') as mailed,
    count(*) filter (where delivery.channel = 'portal' and delivery.state = 'sent') as published
from delivery
join invoice using (invoice_id)
where invoice.run_id = :run_id and delivery.purpose = 'invoice';
