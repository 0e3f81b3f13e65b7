-- One row per invoice, credit note or debit note that was refused, or had come back by a day, from addresses its payer still has, by payer;
-- none where a copy of it arrived.
-- returns: tasks.dunning.unreachable.DocumentUnreached
select delivery.payer_id, replace(invoice.kind, '_', ' ') || ' ' || invoice.number as what, run.run_on as tried_on, delivery.recipients,
    case when delivery.state = 'failed' then delivery.last_error
        else trim('it came back on ' || delivery.bounced_on || ' ' || delivery.bounce_reason) end as reason
from delivery
join invoice using (invoice_id)
join run on run.run_id = delivery.run_id
join party on party.party_id = delivery.payer_id and party.superseded_import is null and party.billing_emails = delivery.recipients
where delivery.purpose = 'invoice' and run.run_on <= cast(:day as date)
    and not exists (
        select from delivery as copy
        where copy.invoice_id = delivery.invoice_id and copy.purpose = 'copy' and copy.state = 'sent'
            and (copy.bounced_on is null or copy.bounced_on > cast(:day as date))
    )
    and (delivery.state = 'failed' or delivery.bounced_on <= cast(:day as date))
order by delivery.payer_id, invoice.number;
