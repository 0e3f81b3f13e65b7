-- One row per e-invoice of the run, with what its document is in the ledger.
-- returns: tasks.e_invoice.measuring.LedgerRow
select document.path, invoice.number, invoice.kind, invoice.net, invoice.vat, invoice.gross
from document
join invoice using (invoice_id)
where invoice.run_id = :run_id and document.kind = 'e_invoice'
order by document.path;
