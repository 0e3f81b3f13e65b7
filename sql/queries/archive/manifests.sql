-- One row per manifest of a month, or of all months: those of its runs, by number of the run, then those of its letters, by day.
-- returns: tasks.archive.verifying.ManifestRow
select archive_manifest.path, archive_manifest.run_id, archive_manifest.sha256, archive_manifest.documents
from archive_manifest
left join run using (run_id)
where cast(:first as date) is null
    or date_trunc('month', coalesce(letters_on, run.period, run.run_on)) = cast(:first as date)
order by archive_manifest.run_id nulls last, archive_manifest.path;
