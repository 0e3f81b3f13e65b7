-- Notes that people were reminded of an ask.
update review_request set reminded_at = :at, reminders = reminders + 1
where run_id = :run_id and ask_no = :ask_no;
