-- One row per reminder that the portal shows a payer, by day.
-- returns: tasks.portal.ShownReminder
select dunning_notice.noticed_on, dunning_notice.level
from dunning_notice
join delivery using (delivery_id)
where dunning_notice.payer_id = :payer_id and delivery.channel = 'portal'
    and (delivery.state = 'sent' or delivery.delivery_id = any(cast(:delivery_ids as bigint[])))
order by dunning_notice.noticed_on, dunning_notice.level;
