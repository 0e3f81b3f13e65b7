-- The run of late charges of the month of a day, with the newest import it may read.
-- returns: tasks.ledger._RunRow
select run_id, kind, period, run_on, subject, (select coalesce(max(import_no), 0) from import_run) as import_no
from run
where kind = 'late_charges' and date_trunc('month', run_on) = date_trunc('month', cast(:on as date));
