-- One row per payer whose reminder of a day was settled, sent or refused for good: it gets no other that day.
select payer_id
from dunning_notice
join delivery using (delivery_id, payer_id)
where dunning_notice.noticed_on = cast(:noticed_on as date) and delivery.state <> 'pending';
