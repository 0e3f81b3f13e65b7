-- One row per payer whose service was limited for late payment and who was not told: no letter about it waits, was sent and stayed.
-- returns: tasks.suspension.orders.Untold
select ordered.payer_id, max(ordered.order_no) as order_no
from suspension_order as ordered
join suspension_ground as ground on ground.order_no = ordered.order_no and ground.clause = 'GC-9.1.a'
where ordered.measure = 'minimum_service' and ordered.state in ('sent', 'acknowledged')
    and not exists (select from suspension_order as restoration where restoration.restores_order_no = ordered.order_no)
    and not exists (
        select from dunning_notice
        join delivery using (delivery_id)
        where dunning_notice.order_no = ordered.order_no and delivery.state <> 'failed' and delivery.bounced_on is null)
group by ordered.payer_id
order by ordered.payer_id;
