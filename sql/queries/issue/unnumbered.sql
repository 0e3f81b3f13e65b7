-- One row per draft of the run, in the order the numbers are given.
-- returns: tasks.issue.Unnumbered
select invoice_id, kind, payment_days
from invoice
where run_id = :run_id and number is null
order by payer_id, payment_days, kind;
