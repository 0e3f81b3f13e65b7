-- One row: the issued invoice with a number, how its payer gets invoices now, and what became of its first delivery.
-- returns: tasks.copies.Copied
select invoice.invoice_id, invoice.kind, invoice.payer_id, party.delivery as channel, party.billing_emails, delivery.state as first
from invoice
join party on party.party_id = invoice.payer_id and party.superseded_import is null
left join delivery on delivery.invoice_id = invoice.invoice_id and delivery.purpose = 'invoice'
where invoice.number = :number;
