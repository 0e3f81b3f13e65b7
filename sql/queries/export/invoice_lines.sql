-- One row per line of those invoices.
-- returns: tasks.export.LineRow
select
    invoice.number as invoice_number, line.contract_id, line.end_client_id, line.line_id, line.product, line.charge, line.from_day, line.to_day,
    line.quantity, line.unit_price, line.net, line.vat_category, line.vat_rate, line.clause
from invoice
join run using (run_id)
join invoice_line as line using (invoice_id)
where invoice.number is not null and coalesce(run.period, date_trunc('month', run.run_on)::date) = cast(:month as date)
order by invoice.number, line.line_seq;
