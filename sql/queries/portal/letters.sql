-- One row per letter that the portal shows a payer, by day; `text` is the hash of its words there, '' where they are not.
-- returns: tasks.portal_index.ShownLetter
select notice.noticed_on, notice.level, notice.open_amount, notice.pay_by,
    coalesce(letter.name, '') as name, coalesce(letter.file, '') as file, coalesce(letter.document, '') as sha256,
    coalesce(words.name, '') as text_name, coalesce(words.file, '') as text_file, coalesce(words.document, '') as text_sha256
from dunning_notice as notice
join delivery using (delivery_id)
left join portal_name as letter on letter.payer_id = notice.payer_id and letter.document = notice.sha256
    and letter.document <> '' and letter.published_at is not null
left join portal_name as words on words.payer_id = notice.payer_id and words.published_at is not null
    and words.file = 'reminder-' || notice.noticed_on || '-' || notice.level || '.txt'
where notice.payer_id = :payer_id and delivery.channel = 'portal' and delivery.state = 'sent'
order by notice.noticed_on, notice.level;
