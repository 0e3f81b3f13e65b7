-- One row: what is wrong with the letters of one day, before they are sent.
with allowed as (  -- what letters may cost and do, by policy and level; a cap is null where the law sets none
    select * from unnest(cast(:policies as text[]), cast(:levels as integer[]), cast(:fees as numeric[]), cast(:fee_caps as numeric[]),
        cast(:costs as numeric[]), cast(:cost_caps as numeric[]), cast(:suspends as boolean[]), cast(:warned_days as integer[]))
        as allowed (policy, level, most_fee, fee_cap, most_cost, cost_cap, suspends, warned_days)
),
notices as (
    select notice.*, allowed.most_fee, allowed.fee_cap, allowed.most_cost, allowed.cost_cap, coalesce(allowed.suspends, false) as suspends,
        allowed.warned_days
    from dunning_notice as notice
    left join allowed using (policy, level)
    where notice.noticed_on = cast(:on as date)
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
),
before as (  -- what reached a payer before and listed the anchor
    select notices.notice_id, earlier.level, earlier.noticed_on
    from notices
    join dunning_notice as earlier on earlier.payer_id = notices.payer_id and earlier.noticed_on < notices.noticed_on
    join delivery on delivery.delivery_id = earlier.delivery_id and delivery.state = 'sent'
        and (delivery.bounced_on is null or delivery.bounced_on > cast(:on as date))
    join dunning_notice_invoice as listed on listed.notice_id = earlier.notice_id and listed.invoice_id = notices.anchor_invoice_id
)
select
    (select count(*) from asked where unpaid <= 0) as paid_invoice,
    (select count(*) from asked where unpaid > 0 and open_amount > owed) as disputed_invoice,
    (select count(*) from asked where due_on >= cast(:on as date)) + (select count(*) from notices where anchor_due_on >= cast(:on as date)) as before_due,
    (select count(*) from notices where level > 1 and not exists (
        select from before where before.notice_id = notices.notice_id and before.level = notices.level - 1)) as level_skipped,
    (select count(*) - count(distinct payer_id) from notices) as noticed_twice,
    (select count(*) from asked where payer_of_invoice <> payer_id) as payer_differs,
    (select count(*) from notices join party on party.party_id = notices.payer_id and party.superseded_import is null
        where coalesce(party.partner_id, '') <> ''
            and not exists (select from contract where contract.payer_id = notices.payer_id)) as end_client_reminded,
    (select count(*) from notices where fee < 0 or fee > coalesce(most_fee, 0) or fee > fee_cap) as fee_too_high,
    (select count(*) from notices where recovery_cost > coalesce(most_cost, 0) or recovery_cost > cost_cap) as cost_too_high,
    (select count(*) from notices where open_amount <> (select coalesce(sum(open_amount), 0) from asked where asked.notice_id = notices.notice_id))
        as total_differs,
    (select count(*) from notices left join delivery using (delivery_id) where delivery.channel = 'email' and delivery.recipients = '')
        as recipient_missing,
    (select count(*) from notices where suspends <> (order_no is not null) or (suspends and not exists (
        select from suspension_order
        where suspension_order.order_no = notices.order_no and suspension_order.payer_id = notices.payer_id
            and suspension_order.measure = 'minimum_service' and suspension_order.state in ('sent', 'acknowledged')))) as suspension_unordered,
    (select count(*) from notices where suspends and anchor_due_on + 21 > cast(:on as date)) as suspended_early,
    (select count(*) from notices where suspends and not exists (
        select from before where before.notice_id = notices.notice_id and before.noticed_on + notices.warned_days <= cast(:on as date)))
        as suspended_unwarned;
