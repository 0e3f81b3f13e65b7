-- Ends whatever is asked about the drafts of a run.
update review_request set ended_at = now(), ended_how = :how
where run_id = :run_id and ended_at is null;
