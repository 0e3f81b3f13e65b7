-- One row per payer whose newest letter, or an invoice, was refused for good or came back from mail addresses the payer still has.
-- returns: tasks.status_money.UnreachedRow
with newest as (
    select distinct on (notice.payer_id) delivery.*
    from dunning_notice as notice
    join delivery using (delivery_id)
    where delivery.state in ('sent', 'failed')
    order by notice.payer_id, notice.noticed_on desc, notice.notice_id desc
), missed as (
    select payer_id, recipients, 'letter' as what from newest where state = 'failed' or bounced_on is not null
    union
    select payer_id, recipients, 'invoice' from delivery
    where purpose = 'invoice' and (state = 'failed' or bounced_on is not null)
        and not exists (
            select from delivery as copy
            where copy.invoice_id = delivery.invoice_id and copy.purpose = 'copy' and copy.state = 'sent' and copy.bounced_on is null
        )
)
select missed.payer_id, string_agg(missed.what, ' and ' order by missed.what desc) as what
from missed
join party on party.party_id = missed.payer_id and party.superseded_import is null and party.billing_emails = missed.recipients
group by missed.payer_id
order by missed.payer_id;
