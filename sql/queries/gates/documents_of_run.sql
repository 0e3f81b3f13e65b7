-- One row per document of the invoices of a run, in the order of their paths.
-- returns: tasks.measured._Document
select document.path, document.sha256
from document
join invoice using (invoice_id)
where invoice.run_id = :run_id
order by document.path;
