-- The steps of a run that made figures: which import each read, and by which settings.
-- returns: tasks.explain.records.StepRow
select step, import_no, settings
from run_step
where run_id = :run_id and step in ('rating', 'recurring', 'one_off', 'late_charges', 'drafts')
order by coalesce(staged_at, accepted_at), step;
