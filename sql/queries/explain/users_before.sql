-- What earlier closes charged of a line: at the last close before a quarter, and at most in the quarter up to the period.
-- returns: billing.counting.History
select
    (array_agg(c.quantity order by r.period desc) filter (where r.period < cast(:quarter as date)))[1] as before_quarter,
    max(c.quantity) filter (where r.period >= cast(:quarter as date)) as since
from recurring_charge as c
join run as r on r.run_id = c.run_id
where c.line_no = :line_no and r.kind = 'close' and c.charge <> 'balance' and r.period < cast(:period as date);
