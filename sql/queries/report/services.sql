-- One row per service a run bills, with what recurs, what was used, and the rest: EUR without VAT. A charge without a line has its product's.
-- returns: tasks.close_comparison.ServiceRow
select
    coalesce(product.service, '') as service,
    coalesce(sum(line.net) filter (where line.charge in ('recurring', 'pro_rata')), 0.00) as recurring,
    coalesce(sum(line.net) filter (where line.charge = 'usage'), 0.00) as usage,
    coalesce(sum(line.net) filter (where line.charge not in ('recurring', 'pro_rata', 'usage')), 0.00) as other,
    sum(line.net) as net
from invoice
join invoice_line as line using (invoice_id)
left join order_line_at(:import_no) as ordered using (line_id)
left join product_at(:import_no) as product on product.product = coalesce(ordered.product, line.product)
where invoice.run_id = :run_id
group by 1
order by net desc, 1;
