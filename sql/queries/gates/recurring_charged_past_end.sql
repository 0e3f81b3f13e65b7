-- One row per charge of days past an end that reached us after the invoice had gone out, and that nothing gives back.
select known.line_id as line, ending.termination_id as termination, termination.received_on, ending.past_day - 1 as last_day,
    charged_by.run_on as charged_on, greatest(lower(charge.days), ending.past_day) as from_day, upper(charge.days) - 1 as to_day, charge.net
from line_ending as ending
join line as known using (line_no)
join termination_at(:import_no) as termination using (termination_id)
join recurring_charge as charge on charge.line_no = ending.line_no and upper(charge.days) > ending.past_day
    and charge.run_id <> :run_id and charge.charge <> 'balance' and charge.released_by is null
join run as charged_by on charged_by.run_id = charge.run_id and charged_by.run_on > termination.received_on
where ending.run_id = :run_id and not exists (select from refund where refund.line_no = charge.line_no and refund.days && charge.days)
order by known.line_id, from_day
limit 20;
