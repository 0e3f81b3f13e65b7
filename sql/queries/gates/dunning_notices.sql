-- One row per letter of the day that may break the policy: its level, what it costs and asks, whom it goes to, what it tells of.
with allowed as (
    select * from unnest(cast(:policies as text[]), cast(:levels as integer[]), cast(:fees as numeric[]), cast(:fee_caps as numeric[]),
        cast(:costs as numeric[]), cast(:cost_caps as numeric[]), cast(:suspends as boolean[]), cast(:warned_days as integer[]))
        as allowed (policy, level, most_fee, fee_cap, most_cost, cost_cap, suspends, warned_days)
),
letters as (
    select notice.*, allowed.most_fee, allowed.fee_cap, allowed.most_cost, allowed.cost_cap, coalesce(allowed.suspends, false) as suspends,
        allowed.warned_days,
        (select coalesce(sum(open_amount), 0) from dunning_notice_invoice as listed where listed.notice_id = notice.notice_id) as sum_of_invoices,
        (
            select max(earlier.level)
            from dunning_notice as earlier
            join delivery on delivery.delivery_id = earlier.delivery_id and delivery.state = 'sent'
                and (delivery.bounced_on is null or delivery.bounced_on > cast(:on as date))
            join dunning_notice_invoice as listed on listed.notice_id = earlier.notice_id and listed.invoice_id = notice.anchor_invoice_id
            where earlier.payer_id = notice.payer_id and earlier.noticed_on < notice.noticed_on
        ) as delivered_before,
        (
            select min(earlier.noticed_on)
            from dunning_notice as earlier
            join delivery on delivery.delivery_id = earlier.delivery_id and delivery.state = 'sent'
                and (delivery.bounced_on is null or delivery.bounced_on > cast(:on as date))
            join dunning_notice_invoice as listed on listed.notice_id = earlier.notice_id and listed.invoice_id = notice.anchor_invoice_id
            where earlier.payer_id = notice.payer_id and earlier.noticed_on < notice.noticed_on
        ) as first_reminded,
        (select state || ' for ' || payer_id from suspension_order where suspension_order.order_no = notice.order_no) as order_is
    from dunning_notice as notice
    left join allowed using (policy, level)
    where notice.noticed_on = cast(:on as date)
)
select letters.payer_id as payer, policy, level, fee, recovery_cost, open_amount, sum_of_invoices, delivered_before, first_reminded,
    anchor_due_on, order_no, order_is
from letters
left join delivery using (delivery_id)
left join party on party.party_id = letters.payer_id and party.superseded_import is null
where fee < 0 or fee > coalesce(most_fee, 0) or fee > fee_cap or recovery_cost > coalesce(most_cost, 0) or recovery_cost > cost_cap
    or open_amount <> sum_of_invoices or (level > 1 and coalesce(delivered_before, 0) < level - 1)
    or (delivery.channel = 'email' and delivery.recipients = '') or (coalesce(party.partner_id, '') <> '' and not exists (select from contract where contract.payer_id = letters.payer_id))
    or (suspends and (anchor_due_on + 21 > cast(:on as date) or coalesce(first_reminded + warned_days, 'infinity') > cast(:on as date)))
    or suspends <> (order_no is not null)
    or (suspends and coalesce(order_is, '') not in ('sent for ' || letters.payer_id, 'acknowledged for ' || letters.payer_id))
order by letters.payer_id
limit 20;
