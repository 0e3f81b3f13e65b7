-- One row per draft of a run, as invoices.csv would have it without what the issue gives.
-- returns: tasks.preview.files.DraftRow
select '' as invoice_number, kind, payer_id, cast(null as date) as issued_on, cast(null as date) as due_on, net, vat, gross,
    '' as structured_reference, 'draft' as status
from invoice
where run_id = :run_id
order by payer_id, kind desc, payment_days, credits_invoice_id nulls first, invoice_id;
