-- One row per pack line and month (its first day) that an accepted step of another run has charged: the quantity first charged for it.
-- returns: tasks.rating_basis._QuantityRow
select distinct on (charge.line_no, month.first) charge.line_no, month.first as month, charge.quantity
from recurring_charge as charge
join run_step as step on step.run_id = charge.run_id and step.step = 'recurring' and step.state = 'accepted'
join order_line_at(:import_no) as line on line.line_no = charge.line_no
join product_at(:import_no) as product on product.product = line.product and product.kind = 'pack'
cross join lateral (
    select cast(first as date) as first
    from generate_series(date_trunc('month', cast(lower(charge.days) as timestamp)), cast(upper(charge.days) - 1 as timestamp), interval '1 month') as first
) as month
where charge.run_id <> :run_id and charge.charge <> 'balance'
order by charge.line_no, month.first, lower(charge.days);
