-- One row per reminder of the day whose level, fee or total breaks the policy.
select notice.payer_id as payer, policy, notice.level, notice.fee, notice.open_amount,
    (select coalesce(sum(open_amount), 0) from dunning_notice_invoice as listed where listed.notice_id = notice.notice_id) as sum_of_invoices
from dunning_notice as notice
left join unnest(cast(:policies as text[]), cast(:first_reminders as numeric[]), cast(:later_reminders as numeric[]))
    as cap (policy, first_reminder, later_reminder) using (policy)
where notice.noticed_on = cast(:on as date) and (
    notice.fee < 0 or notice.fee > case when notice.level = 1 then cap.first_reminder else cap.later_reminder end
    or notice.open_amount <> (select coalesce(sum(open_amount), 0) from dunning_notice_invoice as listed where listed.notice_id = notice.notice_id)
    or (notice.level > 1 and not exists (
        select from dunning_notice as earlier
        left join delivery on delivery.delivery_id = earlier.delivery_id
        where earlier.payer_id = notice.payer_id and earlier.level = notice.level - 1 and earlier.noticed_on < notice.noticed_on
            and delivery.state = 'sent'))
)
order by notice.payer_id
limit 20;
