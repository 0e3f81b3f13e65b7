-- The run of another kind that has a draft which credits the invoice too; null when there is none.
-- returns: date
select run.period
from invoice as draft
join run using (run_id)
where draft.credits_invoice_id = :invoice_id and draft.number is null and run.kind = 'close'
limit 1;
