-- One row per order, acknowledged by a day, that restored a service which the platform had limited, and whose reactivation no other run has
-- charged. What never came into force was not reactivated.
-- returns: tasks.late_charges.gathering.RestoredRow
select restored.payer_id, restored.order_no, restored.effective_on
from suspension_order as restored
join suspension_order as limited on limited.order_no = restored.restores_order_no and limited.state = 'acknowledged'
where restored.measure = 'restore' and restored.state = 'acknowledged' and restored.acknowledged_on <= cast(:day as date)
    and restored.effective_on <= cast(:day as date)
    and not exists (select from late_charge as charge where charge.order_no = restored.order_no and charge.run_id <> :run_id)
order by restored.order_no;
