-- The day of the last orders run before a day whose charges were accepted; null when there is none.
-- returns: date
select max(r.run_on)
from run as r
join run_step as s on s.run_id = r.run_id and s.step = 'one_off' and s.state = 'accepted'
where r.kind = 'orders' and r.run_on < cast(:on as date);
