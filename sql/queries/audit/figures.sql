-- What the runs given issued: invoice lines, usage records rated, documents, net, VAT and gross in EUR.
-- returns: tasks.audit.Figures
select
    (select count(*) from invoice_line join invoice using (invoice_id) where run_id = any(cast(:runs as integer[]))) as lines,
    (select count(*) from rated_usage where run_id = any(cast(:runs as integer[]))) as records,
    count(*) as invoices, cast(coalesce(sum(net), 0) as numeric(14, 2)) as net,
    cast(coalesce(sum(vat), 0) as numeric(14, 2)) as vat, cast(coalesce(sum(gross), 0) as numeric(14, 2)) as gross
from invoice
where run_id = any(cast(:runs as integer[]));
