-- One row per invoice on a reminder of the day that is paid, contested, not yet due, or another payer's.
with paid as (  -- and credited
    select invoice_id, sum(amount) as amount
    from (
        select invoice_id, amount from payment where paid_on <= cast(:on as date)
        union all
        select credits_invoice_id, -gross from invoice where credits_invoice_id is not null and issued_on <= cast(:on as date)
    ) as settled
    group by invoice_id
),
disputed as (
    select dispute.record ->> 'invoice_number' as number, sum(cast(dispute.record ->> 'amount' as numeric)) as amount
    from feed_record as dispute
    where dispute.table_name = 'disputes' and dispute.superseded_import is null
        and cast(dispute.record ->> 'opened_on' as date) <= cast(:on as date)
        and (coalesce(dispute.record ->> 'closed_on', '') = '' or cast(dispute.record ->> 'closed_on' as date) > cast(:on as date))
    group by 1
)
select notice.payer_id as payer, invoice.number, invoice.due_on, invoice.gross, coalesce(paid.amount, 0) as paid,
    coalesce(disputed.amount, 0) as disputed, listed.open_amount as asked
from dunning_notice as notice
join dunning_notice_invoice as listed using (notice_id)
join invoice using (invoice_id)
left join paid using (invoice_id)
left join disputed using (number)
where notice.noticed_on = cast(:on as date) and (
    invoice.gross - coalesce(paid.amount, 0) <= 0 or listed.open_amount > invoice.gross - coalesce(paid.amount, 0) - coalesce(disputed.amount, 0)
    or invoice.due_on >= cast(:on as date) or invoice.payer_id <> notice.payer_id
)
order by notice.payer_id, invoice.number
limit 20;
