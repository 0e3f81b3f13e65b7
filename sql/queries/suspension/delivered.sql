-- One row per letter to the payers given that was sent by a day and had not come back by then.
-- returns: tasks.suspension.gathering.DeliveredRow
select dunning_notice.payer_id, dunning_notice.level, dunning_notice.noticed_on as sent_on, dunning_notice.anchor_due_on,
    (
        select array_agg(cast(invoice.number as text) order by invoice.number)
        from dunning_notice_invoice
        join invoice using (invoice_id)
        where dunning_notice_invoice.notice_id = dunning_notice.notice_id
    ) as invoices
from dunning_notice
join delivery using (delivery_id)
where dunning_notice.payer_id = any(cast(:payer_ids as text[])) and dunning_notice.noticed_on <= cast(:on as date)
    and delivery.state = 'sent' and coalesce(delivery.bounced_on > cast(:on as date), true)
order by dunning_notice.payer_id, dunning_notice.noticed_on;
