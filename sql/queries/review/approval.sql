-- Who approved a run and when, and whether its invoices are issued.
-- returns: tasks.review.records.Approval
select
    approved_by, approved_at,
    exists (select from invoice where invoice.run_id = run.run_id and number is not null) as issued
from run
where run_id = :run_id;
