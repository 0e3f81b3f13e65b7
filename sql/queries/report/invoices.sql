-- One row per document of a run, drafts among them, with its PDF.
-- returns: tasks.close_report._Invoice
select coalesce(invoice.number, '') as number, invoice.kind, invoice.payer_id, party.name, invoice.net, invoice.vat, invoice.gross, invoice.due_on,
    coalesce(document.path, '') as path
from invoice
join party on party.party_id = invoice.payer_id and party.version = invoice.payer_version
left join document on document.invoice_id = invoice.invoice_id and document.kind = 'invoice'
where invoice.run_id = :run_id
order by invoice.kind desc, invoice.number, invoice.payer_id, invoice.invoice_id;
