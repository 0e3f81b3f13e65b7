-- One row per line of the drafts of a run, in the order of the drafts.
-- returns: tasks.preview.files.DraftLineRow
select '' as invoice_number, line.contract_id, line.end_client_id, line.line_id, line.product, line.charge, line.from_day, line.to_day,
    line.quantity, line.unit_price, line.net, line.vat_category, line.vat_rate, line.clause, invoice.payer_id
from invoice
join invoice_line as line using (invoice_id)
where invoice.run_id = :run_id
order by invoice.payer_id, invoice.kind desc, invoice.payment_days, invoice.credits_invoice_id nulls first, invoice.invoice_id, line.line_seq;
