-- One row: what became of the invoices of a run.
-- returns: tasks.delivery.Totals
select
    count(*) filter (where channel = 'email' and state = 'sent') as mailed,
    count(*) filter (where channel = 'portal' and state = 'sent') as published,
    count(*) filter (where state = 'failed' and not copied) as failed,
    count(*) filter (where state = 'failed' and copied) as second,
    count(*) filter (where state = 'pending') as pending
from delivery
cross join lateral (
    select exists (
        select from delivery as copy
        where copy.invoice_id = delivery.invoice_id and copy.purpose = 'copy' and copy.state = 'sent' and copy.bounced_on is null
    ) as copied
) as elsewhere
where run_id = :run_id and purpose = 'invoice';
