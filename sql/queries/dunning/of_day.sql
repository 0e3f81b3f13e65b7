-- One row per reminder of a day, by payer: how it went.
-- returns: tasks.dunning.NoticeGiven
select dunning_notice.payer_id, dunning_notice.level, dunning_notice.open_amount, dunning_notice.fee,
    (
        select array_agg(cast(invoice.number as text) order by invoice.due_on, invoice.number)
        from dunning_notice_invoice
        join invoice using (invoice_id)
        where dunning_notice_invoice.notice_id = dunning_notice.notice_id
    ) as invoices,
    delivery.channel, delivery.state, delivery.last_error as reason
from dunning_notice
join delivery using (delivery_id)
where dunning_notice.noticed_on = cast(:noticed_on as date)
order by dunning_notice.payer_id;
