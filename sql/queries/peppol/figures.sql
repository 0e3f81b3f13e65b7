-- One row: what became of the e-invoices of a run, or of all (null).
-- returns: tasks.peppol.sending.Figures
select count(*) filter (where state = 'sent') as sent, count(*) filter (where state = 'failed') as refused,
    count(*) filter (where state = 'pending') as waiting
from delivery
where purpose = 'e_invoice' and (cast(:run_id as integer) is null or run_id = cast(:run_id as integer));
