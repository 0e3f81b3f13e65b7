-- One row: what parked payers were left out with, EUR without VAT, and for how many of them that was not noted.
-- returns: tasks.close_reconciliation.LeftOut
select cast(coalesce(sum(left_out), 0) as numeric(14, 2)) as amount, count(*) filter (where left_out is null) as not_noted
from parked_payer
where run_id = :run_id;
