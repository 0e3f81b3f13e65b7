-- One row per draft of a run, in the order in which the drafts of a payer are told apart.
-- returns: tasks.preview.drawing.DraftOf
select invoice_id, payer_id
from invoice
where run_id = :run_id and number is null
order by payer_id, kind desc, payment_days, credits_invoice_id nulls first, invoice_id;
