-- The last time people were asked about the drafts of a run: since when, and until when.
-- returns: tasks.close_report._Asked
select asked_at, deadline
from review_request
where run_id = :run_id
order by ask_no desc
limit 1;
