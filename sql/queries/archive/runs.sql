-- One row per run that is done, of a month or of all months, in the order they were begun; `is_archived` when it has a manifest.
-- returns: tasks.archive.manifest.DoneRun
select run.run_id, archive_manifest.run_id is not null as is_archived
from run
join run_step on run_step.run_id = run.run_id and run_step.step = 'report' and run_step.state = 'accepted'
left join archive_manifest on archive_manifest.run_id = run.run_id
where cast(:first as date) is null or date_trunc('month', coalesce(run.period, run.run_on)) = cast(:first as date)
order by run.run_id;
