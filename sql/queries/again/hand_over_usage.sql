-- Hands usage that the run could not bill to the next close, which looks at what the last one left.
insert into usage_pending (run_id, usage_no)
select cast(:to_run_id as integer), usage_no
from rated_usage
where run_id = :run_id and status in (4, 5)
on conflict do nothing;
