-- Notes that the usage the run rated of the lines given has been rated again.
insert into usage_release (run_id, line_no, released_by)
select cast(:run_id as integer), line_no, cast(:released_by as bigint)
from unnest(cast(:line_nos as integer[])) as line_no
where exists (select from rated_usage as rated where rated.run_id = :run_id and rated.line_no = line_no.line_no)
on conflict do nothing;
