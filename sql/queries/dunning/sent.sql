-- One row per reminder that was sent, oldest first, with the numbers of the invoices it listed. What is not sent on the day it is
-- recorded is withdrawn, so the day of a sent one is the day it was sent.
-- returns: tasks.dunning.SentRow
select dunning_notice.payer_id, dunning_notice.level, dunning_notice.noticed_on as sent_on, dunning_notice.anchor_due_on,
    (
        select array_agg(cast(invoice.number as text) order by invoice.number)
        from dunning_notice_invoice
        join invoice using (invoice_id)
        where dunning_notice_invoice.notice_id = dunning_notice.notice_id
    ) as invoices
from dunning_notice
join delivery using (delivery_id)
where delivery.state = 'sent'
order by dunning_notice.payer_id, dunning_notice.noticed_on;
