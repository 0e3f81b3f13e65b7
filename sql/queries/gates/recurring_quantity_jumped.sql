-- One row per line whose quantity moved by more than the setting since the last close that charged it, the largest move first.
with before as (
    select distinct on (charge.line_no) charge.line_no, charge.quantity
    from recurring_charge as charge
    join run as earlier on earlier.run_id = charge.run_id and earlier.kind = 'close'
    join run as this on this.run_id = :run_id and earlier.period < this.period
    where charge.charge <> 'balance'
    order by charge.line_no, earlier.period desc, lower(charge.days) desc
)
select line.line_id as line, before.quantity as before, max(charge.quantity) as now
from recurring_charge as charge
join before using (line_no)
join line using (line_no)
where charge.run_id = :run_id and charge.charge <> 'balance' and before.quantity > 0
    and abs(charge.quantity - before.quantity) > cast(:count_change_at_most as numeric) * before.quantity
group by line.line_id, before.quantity
order by abs(max(charge.quantity) - before.quantity) desc, line.line_id
limit 20;
