-- The days charged of these lines, this run's own included, neighbouring days joined: one row a stretch of days.
-- returns: tasks.charging.DaysCharged
select line_no, lower(days) as first, upper(days) as past
from (
    select line_no, unnest(range_agg(days)) as days
    from recurring_charge
    where line_no = any(:line_nos) and released_by is null
    group by line_no
) as stretches
order by line_no, first;
