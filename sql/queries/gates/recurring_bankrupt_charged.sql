-- One row per charge for a bankrupt end client of days from the day its proof came in.
select known.line_id as line, line.end_client_id as end_client, proven.termination_id as termination, proven.received_on,
    lower(charge.days) as from_day, upper(charge.days) - 1 as to_day, charge.charge, charge.net
from recurring_charge as charge
join line as known using (line_no)
join order_line_at(:import_no) as line using (line_no)
join run using (run_id)
join termination_at(:import_no) as proven
    on proven.ended_by = 'bankruptcy' and proven.end_client_id = line.end_client_id and proven.received_on <= run.run_on
where charge.run_id = :run_id and upper(charge.days) > proven.received_on
order by known.line_id, from_day
limit 20;
