-- One row per stretch of days that was given back and is served after all: the end of the line was put off since.
select known.line_id as line, ending.termination_id as termination, ending.past_day - 1 as last_day, lower(refund.days) as from_day,
    least(upper(refund.days), ending.past_day) - 1 as to_day, refund.net
from line_ending as ending
join line as known using (line_no)
join refund on refund.line_no = ending.line_no and lower(refund.days) < ending.past_day and refund.run_id <> :run_id and not refund.below_floor
where ending.run_id = :run_id
order by known.line_id, from_day
limit 20;
