-- One row per decision about the drafts of a run, oldest first; why_not says why it does not count.
-- returns: tasks.close_report._Decision
select decision, decided_by, decided_at, comment, excluded,
    case when withdrawn_at is not null then 'the drafts were made again' else why_not end as why_not
from run_decision
where run_id = :run_id
order by decision_no;
