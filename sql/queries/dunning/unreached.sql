-- One row per letter to these payers that was refused for good, or had come back by a day, oldest first.
-- returns: tasks.dunning.gathering.UnreachedRow
select notice.payer_id, notice.level, notice.noticed_on as tried_on, anchor.number as anchor_number, delivery.recipients,
    case when delivery.state = 'failed' then delivery.last_error else trim('it came back on ' || delivery.bounced_on || ' ' || delivery.bounce_reason) end as reason
from dunning_notice as notice
join delivery using (delivery_id)
join invoice as anchor on anchor.invoice_id = notice.anchor_invoice_id
where notice.payer_id = any(cast(:payer_ids as text[])) and notice.noticed_on <= cast(:day as date)
    and (delivery.state = 'failed' or delivery.bounced_on <= cast(:day as date))
order by notice.payer_id, notice.noticed_on;
