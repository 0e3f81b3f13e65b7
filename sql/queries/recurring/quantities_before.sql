-- What earlier closes charged of each line: at the last close before a quarter, and at most in the quarter up to the period.
-- returns: tasks.recurring.QuantityBefore
select c.line_no,
       (array_agg(c.quantity order by r.period desc) filter (where r.period < cast(:quarter as date)))[1] as before_quarter,
       max(c.quantity) filter (where r.period >= cast(:quarter as date)) as since
from recurring_charge as c
join run as r on r.run_id = c.run_id
where r.kind = 'close' and c.charge <> 'balance' and r.period < cast(:period as date)
group by c.line_no;
