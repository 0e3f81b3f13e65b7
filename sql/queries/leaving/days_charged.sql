-- Up to which day other runs charged each line, by the day of the run. Days a credit note has freed since were charged all the same;
-- those of a balance are none of service.
-- returns: tasks.leaving.ChargedRow
select charge.line_no, run.run_on, max(upper(charge.days)) - 1 as last_day
from recurring_charge as charge
join run using (run_id)
where charge.line_no = any(:line_nos) and charge.run_id <> :run_id and charge.charge <> 'balance'
group by charge.line_no, run.run_on;
