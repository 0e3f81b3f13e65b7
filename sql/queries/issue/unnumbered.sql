-- One row per draft of the run, in the order the numbers are given.
-- returns: tasks.issue.Unnumbered
select draft.invoice_id, draft.kind, draft.payment_days
from invoice as draft
left join invoice as credited on credited.invoice_id = draft.credits_invoice_id
where draft.run_id = :run_id and draft.number is null
order by draft.payer_id, draft.payment_days, draft.kind, credited.number;
