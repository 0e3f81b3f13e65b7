-- Each time people were asked about the drafts of a run, oldest first.
-- returns: tasks.review.records.Ask
select run_id, ask_no, drafts_hash, flow_run, asked_at, deadline, reminded_at, reminders, ended_at, ended_how
from review_request
where run_id = :run_id
order by ask_no;
