-- One row: what became of the invoices of a run.
-- returns: tasks.delivery.Totals
select
    count(*) filter (where channel = 'email' and state = 'sent') as mailed,
    count(*) filter (where channel = 'portal' and state = 'sent') as published,
    count(*) filter (where state = 'failed') as failed,
    count(*) filter (where state = 'pending') as pending
from delivery
where run_id = :run_id and purpose = 'invoice';
