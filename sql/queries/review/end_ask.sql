-- Ends an ask that is still open.
update review_request set ended_at = now(), ended_how = :how
where run_id = :run_id and ask_no = :ask_no and ended_at is null;
