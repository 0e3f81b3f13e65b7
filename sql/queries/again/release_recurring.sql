-- Frees what the run charged of the lines given: a credit note has taken it back whole.
update recurring_charge set released_by = :released_by
where run_id = :run_id and released_by is null and line_no = any(cast(:line_nos as integer[]));
