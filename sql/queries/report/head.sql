-- One row: what the close bills, who approved it, the inventory it counted from, and the orders invoiced in its month.
-- returns: tasks.report._Head
select
    run.approved_by, run.snapshot_on,
    coalesce(snapshot.element_count, 0) as elements, coalesce(snapshot.content_hash, '') as content_hash,
    count(invoice.invoice_id) as invoices, count(distinct invoice.payer_id) as payers,
    coalesce(sum(invoice.net), 0) as net, coalesce(sum(invoice.vat), 0) as vat, coalesce(sum(invoice.gross), 0) as gross,
    (select count(*) from invoice as ordered join run as orders using (run_id)
        where orders.kind = 'orders' and date_trunc('month', orders.run_on) = run.period and ordered.number is not null) as order_invoices,
    (select coalesce(sum(ordered.net), 0) from invoice as ordered join run as orders using (run_id)
        where orders.kind = 'orders' and date_trunc('month', orders.run_on) = run.period and ordered.number is not null) as order_net
from run
left join inventory_snapshot as snapshot using (snapshot_on)
left join invoice on invoice.run_id = run.run_id and invoice.number is not null
where run.run_id = :run_id
group by run.run_id, run.period, run.approved_by, run.snapshot_on, snapshot.element_count, snapshot.content_hash;
