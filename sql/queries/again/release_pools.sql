-- Frees what the run took for the contracts given: a credit note has taken it back whole.
update pool_use set released_by = :released_by
where run_id = :run_id and released_by is null and contract_id = any(cast(:contract_ids as text[]));
