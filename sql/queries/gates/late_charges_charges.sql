-- One row per late charge of the run, those on something that looks wrong by itself first: what it is for, and what it rests on.
select charge.payer_id as payer, replace(charge.what, '_', ' ') as what, coalesce(late.number, '') as invoice, late.due_on,
    letter.level, letter.noticed_on as letter_of, delivery.state as letter_is, delivery.bounced_on as came_back, charge.cost_id as cost,
    charge.order_no, charge.charged_before, charge.amount, charge.policy, charge.clause
from late_charge as charge
left join invoice as late using (invoice_id)
left join dunning_notice as letter using (notice_id)
left join delivery using (delivery_id)
where charge.run_id = :run_id
order by (late.kind <> 'invoice' or late.payer_id <> charge.payer_id or letter.payer_id <> charge.payer_id or delivery.state <> 'sent'
    or delivery.bounced_on is not null or charge.clause = '' or charge.amount > letter.fee) is true desc, charge.charge_no
limit 20;
