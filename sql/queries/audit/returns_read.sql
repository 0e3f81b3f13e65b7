-- One row per invoice whose direct debit a run of late charges knew to have come back.
select unnest(returned) as invoice_id
from late_charge_scope
where run_id = :run_id;
