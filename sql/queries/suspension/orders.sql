-- One row per order for the platform, by number; with `open_only` those that still wait for something, or hold a service on minimum service,
-- with `payer_id` those of one payer, with `order_no` that one.
-- returns: tasks.suspension.orders.OrderRow
select ordered.order_no, ordered.payer_id, ordered.measure, ordered.restores_order_no, ordered.ordered_on, ordered.idempotency_key,
    ordered.state, ordered.decided_by, ordered.decided_on, ordered.reason, ordered.attempts, ordered.last_error, ordered.sent_on,
    ordered.acknowledged_on, ordered.effective_on, ordered.maybe_sent_on, ordered.refused_on, ordered.note,
    restoration.order_no as restored_by, end_proposal.proposed_on as end_proposed_on
from suspension_order as ordered
left join suspension_order as restoration on restoration.restores_order_no = ordered.order_no
left join end_proposal on end_proposal.order_no = ordered.order_no
where (not :open_only
        or ordered.state in ('proposed', 'approved')
        or (ordered.state = 'sent' and restoration.order_no is null)
        or (ordered.state = 'acknowledged' and ordered.measure = 'minimum_service' and restoration.order_no is null))
    and ordered.payer_id = coalesce(cast(:payer_id as text), ordered.payer_id)
    and ordered.order_no = coalesce(cast(:order_no as bigint), ordered.order_no)
order by ordered.order_no;
