-- One row per letter to these payers that was sent and had not come back by a day, oldest first, with the numbers of what it listed. What
-- is not sent on the day it is recorded is withdrawn, so the day of a sent one is the day it was sent. One that told of a suspension is
-- lifted once a restoration of that suspension is ordered.
-- returns: tasks.dunning.gathering.SentRow
select notice.payer_id, notice.level, notice.noticed_on as sent_on, notice.anchor_due_on,
    (
        select array_agg(cast(invoice.number as text) order by invoice.number)
        from dunning_notice_invoice as listed
        join invoice using (invoice_id)
        where listed.notice_id = notice.notice_id
    ) as invoices,
    exists (
        select from suspension_order as restoration
        where restoration.restores_order_no = notice.order_no and restoration.state not in ('rejected', 'withdrawn')
    ) as lifted
from dunning_notice as notice
join delivery using (delivery_id)
where notice.payer_id = any(cast(:payer_ids as text[])) and delivery.state = 'sent'
    and (delivery.bounced_on is null or delivery.bounced_on > cast(:day as date))
order by notice.payer_id, notice.noticed_on;
