-- The runs of closes that were begun and are not issued.
select run.run_id
from run
where run.kind = 'close' and not exists (
    select from run_step as issue where issue.run_id = run.run_id and issue.step = 'issue' and issue.state = 'accepted'
);
