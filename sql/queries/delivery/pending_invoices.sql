-- One row per delivery of an invoice, or copy, of a run or of all that is recorded and not sent, by number, with what its mail says.
-- returns: tasks.invoice_mails.PendingInvoice
select delivery.delivery_id, delivery.purpose, delivery.asked_by, coalesce(delivery.asked_on, run.run_on) as mailed_on, delivery.channel, delivery.recipients, delivery.message_id,
    invoice.invoice_id, invoice.number, invoice.kind, invoice.issued_on, invoice.due_on, invoice.net, invoice.vat, invoice.gross,
    invoice.structured_reference, coalesce(lines.first_day, invoice.issued_on) as first_day, coalesce(lines.last_day, invoice.issued_on) as last_day,
    party.party_id as payer_id, party.name, party.street, party.postal_code, party.city, party.country, party.vat_number, party.language,
    coalesce(credited.number, '') as credits_number, credited.issued_on as credits_on, invoice.reason
from delivery
join invoice using (invoice_id)
join run on run.run_id = invoice.run_id
left join invoice as credited on credited.invoice_id = invoice.credits_invoice_id
join party on party.party_id = invoice.payer_id and party.version = invoice.payer_version
left join lateral (
    select min(from_day) as first_day, max(to_day) as last_day
    from invoice_line
    where invoice_line.invoice_id = invoice.invoice_id
) as lines on true
where delivery.purpose = :purpose and delivery.state = 'pending' and invoice.run_id = coalesce(cast(:run_id as integer), invoice.run_id)
order by invoice.number, delivery.delivery_id;
