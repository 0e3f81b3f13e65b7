-- How far the delivery of a run is: done (sent or failed for good), of (invoices, or e-invoices, in the outbox).
-- returns: tasks.watching.Reach
select count(*) filter (where state <> 'pending') as done, count(*) as of
from delivery
where run_id = :run_id and purpose = :purpose;
