-- One row per document of the issued invoices of a run, as its manifest lists them.
-- returns: tasks.archive.manifest.InvoiceDocument
select document.kind as document, invoice.number, invoice.kind, invoice.payer_id, document.end_client_id, invoice.issued_on,
    invoice.net, invoice.vat, invoice.gross, document.path, document.sha256, document.size
from document
join invoice using (invoice_id)
where document.run_id = :run_id
order by invoice.number, array_position(array['invoice', 'e_invoice', 'summary'], document.kind), document.end_client_id;
