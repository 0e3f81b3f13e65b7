-- One row: who approved the close and when it was issued, the inventory it counted from, and the orders invoiced in its month.
-- returns: tasks.close_report._Head
select
    coalesce(run.approved_by, '') as approved_by, run.approved_at, run.snapshot_on,
    coalesce(snapshot.element_count, 0) as elements, coalesce(snapshot.content_hash, '') as content_hash,
    (select min(issued_on) from invoice where invoice.run_id = run.run_id) as issued_on,
    (select count(*) from invoice as ordered join run as orders using (run_id)
        where orders.kind = 'orders' and date_trunc('month', orders.run_on) = run.period and ordered.number is not null) as order_invoices,
    (select coalesce(sum(ordered.net), 0.00) from invoice as ordered join run as orders using (run_id)
        where orders.kind = 'orders' and date_trunc('month', orders.run_on) = run.period and ordered.number is not null) as order_net
from run
left join inventory_snapshot as snapshot using (snapshot_on)
where run.run_id = :run_id;
