-- One row per line of Business Telephony users charged for fewer than last quarter less a tenth.
with earlier as (
    select charge.line_no,
        (array_agg(charge.quantity order by earlier.period desc, lower(charge.days) desc)
            filter (where earlier.period < date_trunc('quarter', this.period)))[1] as before_quarter,
        max(charge.quantity) filter (where earlier.period >= date_trunc('quarter', this.period)) as since
    from recurring_charge as charge
    join run as earlier on earlier.run_id = charge.run_id and earlier.kind = 'close'
    join run as this on this.run_id = :run_id and earlier.period < this.period
    where charge.charge <> 'balance'
    group by charge.line_no
),
users as (
    select line.line_id, min(charge.quantity) as charged,
        greatest(coalesce(min(earlier.before_quarter), min(line.quantity)), coalesce(max(earlier.since), 0)) as reference
    from recurring_charge as charge
    join order_line_at(:import_no) as line using (line_no)
    join product_at(:import_no) as product using (product)
    left join earlier using (line_no)
    where charge.run_id = :run_id and charge.charge <> 'balance' and product.kind = 'user' and product.service = 'business_telephony'
    group by line.line_id
)
select line_id as line, charged, reference, reference - reference / 10 as at_least
from users
where charged < reference - reference / 10
order by line_id
limit 20;
