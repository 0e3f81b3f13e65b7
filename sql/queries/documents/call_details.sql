-- One row per call, message or data session of the lines on the run's invoices, charged or taken from a pack, in order of start.
-- `invoice_ids` are the invoices wanted, null for all.
-- Free (0800, +800), emergency and help numbers are left out: they never appear on an invoice. `hidden_keys` are their callee keys.
-- returns: invoice_id, end_client_id, line_id, then the fields of reports.records.CallRecord
with invoiced as (
    select distinct shown.invoice_id, shown.end_client_id, shown.line_id, line.line_no
    from invoice_line as shown
    join invoice using (invoice_id)
    join line using (line_id)
    where invoice.run_id = :run_id and invoice.kind = 'invoice'
        and (cast(:invoice_ids as bigint[]) is null or invoice.invoice_id = any(cast(:invoice_ids as bigint[])))
)
select
    invoiced.invoice_id, invoiced.end_client_id, invoiced.line_id,
    rated.started_at, rated.kind, rated.callee_key, rate.destination, rate.destination_group,
    rated.in_pack + rated.charged as quantity, rated.in_pack, rated.price_cents
from invoiced
join rated_usage as rated on rated.run_id = :run_id and rated.line_no = invoiced.line_no and rated.status in (1, 2)
join rate on rate.rate_no = case when rated.beyond > 0 then rated.beyond_rate_no else rated.rate_no end
where rate.destination_group <> 'emergency'
  and rated.callee_key <> all(cast(:hidden_keys as bigint[]))
  and rated.callee_key::text not like '32800%' and rated.callee_key::text not like '800%'
order by invoiced.invoice_id, invoiced.end_client_id, invoiced.line_id, rated.started_at, rated.usage_no;
