-- One row per line whose end the close recorded, with the balance it bills and what it gives back, both EUR without VAT.
-- returns: tasks.leaving_files.EndingRow
select known.line_id, coalesce(line.contract_id, '') as contract_id, ending.termination_id, ending.past_day - 1 as last_day,
    coalesce(owed.net, 0.00) as balance, coalesce(back.net, 0.00) as refunded, ending.clause
from line_ending as ending
join line as known using (line_no)
left join order_line_at(:import_no) as line using (line_no)
left join lateral (
    select sum(charge.net) as net
    from recurring_charge as charge
    where charge.run_id = ending.run_id and charge.line_no = ending.line_no and charge.charge = 'balance'
) as owed on true
left join lateral (
    select sum(refund.net) as net
    from refund
    where refund.run_id = ending.run_id and refund.line_no = ending.line_no and not refund.below_floor
) as back on true
where ending.run_id = :run_id
order by contract_id, known.line_id;
