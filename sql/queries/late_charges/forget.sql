-- Removes what an earlier attempt of a run charged; how it was computed goes with it.
delete from late_charge
where run_id = :run_id;
