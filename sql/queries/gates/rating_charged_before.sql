-- One row per record that an earlier close settled and yet left to this one.
select usage_record.usage_id as usage, rated.started_at as started, rated.price_cents
from usage_pending
join rated_usage as rated using (run_id, usage_no)
join usage_record using (usage_no)
where rated.status in (1, 2, 3)
    and not exists (select from usage_release as again where again.run_id = rated.run_id and again.line_no = rated.line_no)
    and run_id = (
    select usage_window.run_id
    from usage_window
    join run_step on run_step.run_id = usage_window.run_id and run_step.step = 'rating' and run_step.state = 'accepted'
    join run on run.run_id = usage_window.run_id and run.kind = 'close'
    where usage_window.run_id <> :run_id
    order by run_step.accepted_at desc, usage_window.run_id desc
    limit 1
)
order by usage_no
limit 20;
