-- What was decided about the drafts of a run, oldest first.
-- returns: tasks.review.records.Decision
select
    run_id, decision_no, ask_no, decision, decided_by, comment, excluded, drafts_hash, decided_at, channel, counts, why_not, withdrawn_at
from run_decision
where run_id = :run_id
order by decision_no;
