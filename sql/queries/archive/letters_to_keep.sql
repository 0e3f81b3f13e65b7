-- One row per letter that was sent and is in no manifest yet, by day.
-- returns: tasks.archive.manifest.LetterDocument
select notice.notice_id, notice.payer_id, notice.level, notice.noticed_on as issued_on, notice.open_amount, notice.path, notice.sha256
from dunning_notice as notice
join delivery using (delivery_id)
where delivery.state = 'sent' and notice.path <> '' and notice.sha256 <> '' and notice.manifest is null
    and (cast(:first as date) is null or (notice.noticed_on >= :first and notice.noticed_on < cast(:past as date)))
order by notice.noticed_on, notice.payer_id, notice.level;
