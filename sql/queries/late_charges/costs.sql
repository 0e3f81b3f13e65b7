-- One row per cost of recovery incurred up to a day, as of an import, that no other run has charged. EUR.
-- returns: tasks.late_charges.gathering.CostRow
select cost.payer_id, cost.cost_id, cost.incurred_on, cost.amount, coalesce(cost.description, '') as description
from recovery_cost_at(:import_no) as cost
where cost.incurred_on <= cast(:day as date)
    and not exists (select from late_charge as charge where charge.cost_id = cost.cost_id and charge.run_id <> :run_id)
order by cost.incurred_on, cost.cost_id;
