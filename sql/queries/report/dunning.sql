-- One row per level: the letters that were sent after a day, up to and with another, and what they were about, EUR with VAT.
-- returns: reports.close_records.DunningLevel
select notice.level, count(*) as letters, count(distinct notice.payer_id) as payers, sum(notice.open_amount) as open_amount
from dunning_notice as notice
join delivery using (delivery_id)
where delivery.state = 'sent' and notice.noticed_on > cast(:after as date) and notice.noticed_on <= cast(:on as date)
group by notice.level
order by notice.level;
