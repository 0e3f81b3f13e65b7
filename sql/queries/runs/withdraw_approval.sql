-- Withdraws the approval of drafts that will be made again.
update run set approved_by = null, approved_at = null
where run_id = :run_id;
