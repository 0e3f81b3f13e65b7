-- One row per invoice of the close, with its PDF.
-- returns: tasks.report._Invoice
select invoice.number, invoice.payer_id, party.name, invoice.net, invoice.vat, invoice.gross, invoice.due_on, coalesce(document.path, '') as path
from invoice
join party on party.party_id = invoice.payer_id and party.version = invoice.payer_version
left join document on document.invoice_id = invoice.invoice_id and document.kind = 'invoice'
where invoice.run_id = :run_id and invoice.number is not null
order by invoice.number;
