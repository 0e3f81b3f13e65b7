-- One row per letter that was recorded and not sent, whatever its day: where its PDF is.
select notice.path
from dunning_notice as notice
join delivery using (delivery_id)
where delivery.state = 'pending'
order by notice.notice_id;
