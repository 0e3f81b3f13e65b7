-- Notes that people are asked about the drafts of a run, until so many hours from now.
insert into review_request (run_id, ask_no, drafts_hash, flow_run, deadline)
select
    :run_id, coalesce(max(ask_no), 0) + 1, :drafts_hash, :flow_run, now() + make_interval(hours => :hours)
from review_request
where run_id = :run_id;
