-- The last accepted rating of another close: its run and the last usage record it looked at.
-- returns: tasks.rating._Previous
select usage_window.run_id, usage_window.through_no
from usage_window
join run_step on run_step.run_id = usage_window.run_id and run_step.step = 'rating' and run_step.state = 'accepted'
join run on run.run_id = usage_window.run_id and run.kind = 'close'
where usage_window.run_id <> :run_id
order by run_step.accepted_at desc, usage_window.run_id desc
limit 1;
