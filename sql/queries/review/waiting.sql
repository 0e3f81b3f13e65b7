-- The asks that nobody has answered yet, of all closes, the latest close first.
-- returns: tasks.review.records.Waiting
select
    run.run_id, run.period, run.run_on, ask.ask_no, ask.flow_run, ask.asked_at, ask.deadline, ask.reminded_at, ask.reminders,
    coalesce((
        select array_agg(decided_by order by decision_no) from run_decision as given
        where given.run_id = ask.run_id and given.decision = 'approve' and given.counts and given.withdrawn_at is null
            and given.drafts_hash = ask.drafts_hash
    ), '{}') as approved
from review_request as ask
join run using (run_id)
where ask.ended_at is null
order by run.period desc nulls last, run.run_id desc;
