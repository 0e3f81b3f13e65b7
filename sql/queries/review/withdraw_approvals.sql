-- Withdraws the approvals of drafts that will be made again.
update run_decision set withdrawn_at = now()
where run_id = :run_id and decision = 'approve' and counts and withdrawn_at is null;
