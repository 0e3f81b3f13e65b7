-- One row per line whose days past its end an earlier system charged, where the regime gives them back.
select known.line_id as line, ending.termination_id as termination, ending.past_day - 1 as last_day, line.charged_through
from line_ending as ending
join line as known using (line_no)
join order_line_at(:import_no) as line on line.line_no = ending.line_no and line.charged_through >= ending.past_day
join contract_at(:import_no) as contract on contract.contract_id = line.contract_id and contract.terms = 'telavox'
join termination_at(:import_no) as termination on termination.termination_id = ending.termination_id
    and termination.ended_by <> 'bankruptcy' and not termination.client_breach
where ending.run_id = :run_id
order by known.line_id
limit 20;
