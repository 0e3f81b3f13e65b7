-- The latest run of late charges, with the newest import it may read.
-- returns: tasks.ledger._RunRow
select run_id, kind, period, run_on, subject, (select coalesce(max(import_no), 0) from import_run) as import_no
from run
where kind = 'late_charges'
order by run_on desc
limit 1;
