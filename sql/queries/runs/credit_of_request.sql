-- The run, with the newest import it may read.
-- returns: tasks.ledger._RunRow
select run_id, kind, period, run_on, subject, (select coalesce(max(import_no), 0) from import_run) as import_no
from run
where kind = 'credit' and subject = :subject and run_on = cast(:run_on as date) and request = :request;
