-- One row per document of the invoices of a run that are recorded and not sent, the invoice itself first.
-- returns: tasks.delivery.DocumentFile
select document.invoice_id, document.kind, document.end_client_id, document.path, document.sha256
from document
join delivery using (invoice_id)
where delivery.run_id = :run_id and delivery.purpose = 'invoice' and delivery.state = 'pending'
order by document.invoice_id, document.kind, document.end_client_id;
