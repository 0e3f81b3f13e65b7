-- Forgets what an earlier attempt of a run had read of the payments.
delete from late_charge_scope
where run_id = :run_id;
