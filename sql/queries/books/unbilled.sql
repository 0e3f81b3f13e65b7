-- One row per service and revenue account of what a run rated of the usage begun before an instant, in cents.
-- returns: tasks.books.traffic.Unbilled
select product.service, coalesce(traffic.revenue_account, '') as revenue_account, cast(sum(rated.price_cents) as bigint) as cents
from rated_usage as rated
join order_line_at(:import_no) as order_line using (line_no)
join product_at(:import_no) as product using (product)
left join (
    select service, min(revenue_account) as revenue_account
    from product_at(:import_no)
    where kind = 'usage' and revenue_account <> ''
    group by service
) as traffic on traffic.service = product.service
where rated.run_id = :run_id and rated.started_at < cast(:before as timestamptz) and rated.price_cents > 0
group by product.service, traffic.revenue_account
order by product.service;
