-- Removes what an earlier look at a gate found.
delete from gate_finding
where run_id = :run_id and gate = :gate;
