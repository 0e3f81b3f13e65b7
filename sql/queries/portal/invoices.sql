-- One row per published document of the invoices of a payer, the invoices in order of date, the invoice itself first.
-- returns: tasks.portal_index.ShownDocument
select invoice.invoice_id, invoice.number, invoice.kind as invoice_kind, invoice.issued_on, invoice.due_on, invoice.gross,
    invoice.structured_reference, coalesce(credited.number, '') as credits_number, document.kind, document.end_client_id,
    portal_name.name, portal_name.file, document.sha256, document.size
from invoice
join document using (invoice_id)
join portal_name on portal_name.payer_id = invoice.payer_id and portal_name.document = document.sha256
left join invoice as credited on credited.invoice_id = invoice.credits_invoice_id
where invoice.payer_id = :payer_id and portal_name.published_at is not null
order by invoice.issued_on, invoice.number, array_position(array['invoice', 'e_invoice', 'summary'], document.kind), document.end_client_id;
