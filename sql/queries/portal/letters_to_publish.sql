-- One row per letter that an earlier release published for a payer and that is not there under its name yet, its words or its PDF.
-- returns: tasks.portal_contents.EarlierLetter
select notice.noticed_on, notice.level, notice.path, notice.sha256
from dunning_notice as notice
join delivery using (delivery_id)
where notice.payer_id = :payer_id and delivery.channel = 'portal' and delivery.state = 'sent' and not exists (
    select from portal_name
    where portal_name.payer_id = notice.payer_id and published_at is not null
        and file = 'reminder-' || notice.noticed_on || '-' || notice.level || '.txt'
)
order by notice.noticed_on, notice.level;
