-- One row per address that an invoice, credit note or debit note came back from, newest first, until it is no longer an address of the
-- payer or, where no other address took it, until a copy of it arrived. Mails of earlier releases came back from all their addresses.
-- returns: tasks.status_bounces.OpenBounce
select replace(invoice.kind, '_', ' ') || ' ' || invoice.number as what, delivery.payer_id, came_back.address, came_back.bounced_on, came_back.reason,
    delivery.bounced_on is null as reached, party.billing_emails <> delivery.recipients as readdressed
from delivery
join invoice using (invoice_id)
join party on party.party_id = delivery.payer_id and party.superseded_import is null
cross join lateral (
    select address, bounced_on, note as reason
    from delivery_recipient
    where delivery_recipient.delivery_id = delivery.delivery_id and state = 'bounced'
    union all
    select delivery.recipients, delivery.bounced_on, delivery.bounce_reason
    where delivery.bounced_on is not null
        and not exists (select from delivery_recipient where delivery_recipient.delivery_id = delivery.delivery_id)
) as came_back
where delivery.purpose = 'invoice'
    and case when delivery.bounced_on is null then party.billing_emails = delivery.recipients
        else not exists (
            select from delivery as copy
            where copy.invoice_id = delivery.invoice_id and copy.purpose = 'copy' and copy.state = 'sent' and copy.bounced_on is null
        ) end
order by came_back.bounced_on desc, invoice.number, came_back.address;
