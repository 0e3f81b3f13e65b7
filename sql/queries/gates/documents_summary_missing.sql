-- One row per end client of a close invoice without its monthly summary.
select distinct invoice.number, line.end_client_id as end_client
from invoice
join run using (run_id)
join invoice_line as line using (invoice_id)
where invoice.run_id = :run_id and run.kind = 'close' and invoice.number is not null and line.charge in ('recurring', 'pro_rata')
    and not exists (
        select from document
        where document.invoice_id = invoice.invoice_id and document.kind = 'summary' and document.end_client_id = line.end_client_id
    )
order by invoice.number, line.end_client_id
limit 20;
