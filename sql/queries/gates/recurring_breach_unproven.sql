-- One row per line the operator ended for a breach that nothing proves.
select known.line_id as line, ending.termination_id as termination, termination.received_on, ending.past_day - 1 as last_day
from line_ending as ending
join line as known using (line_no)
join termination_at(:import_no) as termination using (termination_id)
where ending.run_id = :run_id and termination.ended_by = 'operator' and termination.client_breach and termination.proof = ''
order by termination, line
limit 20;
