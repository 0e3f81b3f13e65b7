-- One row: what is wrong with the reminders of one day, before they are sent.
with notices as (
    select * from dunning_notice where noticed_on = cast(:on as date)
),
caps as (  -- what the law allows, by policy
    select * from unnest(cast(:policies as text[]), cast(:first_reminders as numeric[]), cast(:later_reminders as numeric[]))
        as cap (policy, first_reminder, later_reminder)
),
paid as (  -- and credited
    select invoice_id, sum(amount) as amount
    from (
        select invoice_id, amount from payment where paid_on <= cast(:on as date)
        union all
        select credits_invoice_id, -gross from invoice where credits_invoice_id is not null and issued_on <= cast(:on as date)
    ) as settled
    group by invoice_id
),
disputed as (
    select invoice.invoice_id, sum(cast(dispute.record ->> 'amount' as numeric)) as amount
    from feed_record as dispute
    join invoice on invoice.number = dispute.record ->> 'invoice_number'
    where dispute.table_name = 'disputes' and dispute.superseded_import is null
        and cast(dispute.record ->> 'opened_on' as date) <= cast(:on as date)
        and (coalesce(dispute.record ->> 'closed_on', '') = '' or cast(dispute.record ->> 'closed_on' as date) > cast(:on as date))
    group by invoice.invoice_id
),
asked as (
    select listed.notice_id, invoice.invoice_id, invoice.payer_id as payer_of_invoice, notices.payer_id, invoice.due_on, listed.open_amount,
        invoice.gross - coalesce(paid.amount, 0) as unpaid,
        invoice.gross - coalesce(paid.amount, 0) - coalesce(disputed.amount, 0) as owed
    from dunning_notice_invoice as listed
    join notices using (notice_id)
    join invoice using (invoice_id)
    left join paid using (invoice_id)
    left join disputed using (invoice_id)
)
select
    (select count(*) from asked where unpaid <= 0) as paid_invoice,
    (select count(*) from asked where unpaid > 0 and open_amount > owed) as disputed_invoice,
    (select count(*) from asked where due_on >= cast(:on as date)) + (select count(*) from notices where anchor_due_on >= cast(:on as date)) as before_due,
    (select count(*) from notices where level > 1 and not exists (
        select from dunning_notice as earlier
        left join delivery on delivery.delivery_id = earlier.delivery_id
        where earlier.payer_id = notices.payer_id and earlier.level = notices.level - 1 and earlier.noticed_on < notices.noticed_on
            and delivery.state = 'sent')) as level_skipped,
    (select count(*) - count(distinct payer_id) from notices) as noticed_twice,
    (select count(*) from asked where payer_of_invoice <> payer_id) as payer_differs,
    (select count(*) from notices left join caps using (policy)
        where fee < 0 or fee > case when level = 1 then caps.first_reminder else caps.later_reminder end) as fee_too_high,
    (select count(*) from notices where open_amount <> (select coalesce(sum(open_amount), 0) from asked where asked.notice_id = notices.notice_id))
        as total_differs,
    (select count(*) from notices left join delivery using (delivery_id) where delivery.channel = 'email' and delivery.recipients = '')
        as recipient_missing;
