-- One row per document of a credit run: the credit note first, then the invoices made anew.
-- returns: tasks.credit.OfRun
select invoice_id, kind, coalesce(number, '') as number, net, gross, credits_invoice_id
from invoice
where run_id = :run_id
order by kind, number, invoice_id;
