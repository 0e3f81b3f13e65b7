-- Records the outbox of a run: one delivery an issued invoice, by the channel and to the addresses of its payer; those recorded stay.
insert into delivery (run_id, purpose, invoice_id, payer_id, channel, recipients, message_id)
select invoice.run_id, 'invoice', invoice.invoice_id, invoice.payer_id, party.delivery,
    case party.delivery when 'portal' then cast(:portal as text) else party.billing_emails end,
    '<' || invoice.number || '.' || 'invoice@' || cast(:domain as text) || '>'
from invoice
join party on party.party_id = invoice.payer_id and party.version = invoice.payer_version
where invoice.run_id = :run_id and invoice.number is not null
order by invoice.number
on conflict do nothing;
