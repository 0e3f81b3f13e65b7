-- The last payment a run of late charges read; none for a run that reads none.
select payment_no
from late_charge_scope
where run_id = :run_id;
