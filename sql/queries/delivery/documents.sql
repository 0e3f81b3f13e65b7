-- One row per document of these invoices, the invoice itself first, then its e-invoice.
-- returns: tasks.invoice_mails.DocumentFile
select document.invoice_id, document.kind, document.end_client_id, document.path, document.sha256
from document
where document.invoice_id = any(cast(:invoice_ids as bigint[]))
order by document.invoice_id, array_position(array['invoice', 'e_invoice', 'summary'], document.kind), document.end_client_id;
