-- Records a copy to the second address of the payer for each mail of an invoice that no first address has: of a run, or that one mail.
insert into delivery (purpose, invoice_id, payer_id, channel, recipients, message_id, asked_by, asked_on)
select 'copy', delivery.invoice_id, delivery.payer_id, 'email', trim(party.fallback_email),
    '<' || invoice.number || '.copy-'
        || (select count(*) + 1 from delivery as copy where copy.invoice_id = invoice.invoice_id and copy.purpose = 'copy')
        || substring(delivery.message_id from '@.*$'),
    '', cast(:on as date)
from delivery
join invoice using (invoice_id)
join party on party.party_id = delivery.payer_id and party.superseded_import is null
where (delivery.run_id = cast(:run_id as integer) or delivery.delivery_id = cast(:delivery_id as bigint))
    and delivery.purpose = 'invoice' and delivery.channel = 'email' and (delivery.state = 'failed' or delivery.bounced_on is not null)
    and trim(party.fallback_email) <> ''
    and lower(trim(party.fallback_email)) <> all(string_to_array(replace(lower(delivery.recipients), ' ', ''), ';'))
on conflict do nothing;
