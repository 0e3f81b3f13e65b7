-- The import the drafts of a run were made with; no row before there are drafts.
select import_no
from run_step
where run_id = :run_id and step = 'drafts';
