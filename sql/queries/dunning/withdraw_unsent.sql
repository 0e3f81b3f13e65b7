-- Withdraws every letter that was recorded and not sent, whatever its day: what is owed may have changed since.
with withdrawn as (
    delete from dunning_notice
    using delivery
    where delivery.delivery_id = dunning_notice.delivery_id and delivery.state = 'pending'
    returning dunning_notice.delivery_id
)
delete from delivery
where delivery_id in (select withdrawn.delivery_id from withdrawn);
