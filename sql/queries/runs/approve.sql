-- Records who approved the drafts of a run, once.
update run set approved_by = :approved_by, approved_at = now()
where run_id = :run_id and approved_by is null;
