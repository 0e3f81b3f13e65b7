-- One row per invoice of the close that did not reach its payer, was refused or came back, nor did a copy of it.
-- returns: reports.close_records.Failed
select invoice.number, delivery.payer_id, delivery.channel,
    case when delivery.bounced_on is null then delivery.last_error else 'came back: ' || delivery.bounce_reason end as reason
from delivery
join invoice using (invoice_id)
where invoice.run_id = :run_id and delivery.purpose = 'invoice' and (delivery.state <> 'sent' or delivery.bounced_on is not null)
    and not exists (
        select from delivery as copy
        where copy.invoice_id = delivery.invoice_id and copy.purpose = 'copy' and copy.state = 'sent' and copy.bounced_on is null
    )
order by invoice.number;
