-- One row per letter of a day, by payer: how it went.
-- returns: tasks.dunning.receipt.LetterGiven
select notice.payer_id, notice.segment, notice.policy, notice.level, notice.open_amount, notice.fee, notice.recovery_cost,
    (
        select array_agg(cast(invoice.number as text) order by invoice.kind = 'debit_note', invoice.due_on, invoice.number)
        from dunning_notice_invoice as listed
        join invoice using (invoice_id)
        where listed.notice_id = notice.notice_id
    ) as invoices,
    delivery.channel, case when delivery.bounced_on is null then delivery.state else 'came back' end as state,
    case when delivery.bounced_on is null then delivery.last_error else delivery.bounce_reason end as reason, notice.path
from dunning_notice as notice
join delivery using (delivery_id)
where notice.noticed_on = cast(:noticed_on as date)
order by notice.payer_id;
