-- One row per invoice of a payer that a run published, in the order of the numbers, with the language of the payer.
-- returns: tasks.portal_notices.New
select invoice.invoice_id, invoice.number, invoice.kind, invoice.issued_on, invoice.due_on, invoice.gross, invoice.structured_reference,
    party.language
from invoice
join delivery using (invoice_id)
join party on party.party_id = invoice.payer_id and party.version = invoice.payer_version
where invoice.run_id = :run_id and invoice.payer_id = :payer_id
    and delivery.purpose = 'invoice' and delivery.channel = 'portal' and delivery.state = 'sent'
order by invoice.number;
