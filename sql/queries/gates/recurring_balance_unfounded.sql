-- One row per part of a balance that no termination, end or kind of line justifies.
select known.line_id as line, lower(charge.days) as from_day, upper(charge.days) - 1 as to_day, charge.net, charge.clause, product.kind,
    ending.termination_id as termination, termination.ended_by, ending.past_day - 1 as last_day, ending.balance_until
from recurring_charge as charge
join line as known using (line_no)
left join lateral (
    select latest.* from line_ending as latest where latest.line_no = charge.line_no order by run_id desc limit 1
) as ending on true
left join termination_at(:import_no) as termination on termination.termination_id = ending.termination_id
left join order_line_at(:import_no) as line on line.line_no = charge.line_no
left join contract_at(:import_no) as contract on contract.contract_id = line.contract_id
left join product_at(:import_no) as product on product.product = line.product
where charge.run_id = :run_id and charge.charge = 'balance' and (
    case contract.terms when 'telavox' then termination.ended_by = 'operator' and termination.client_breach and charge.clause = 'GC-13.3'
        else termination.ended_by in ('client', 'partner') and charge.clause = 'CG-3.d' end is not true
    or product.kind is null or product.kind = 'national_number' or product.timing = 'at_order'
    or lower(charge.days) < ending.past_day or upper(charge.days) > ending.balance_until or ending.balance_until is null)
order by known.line_id, from_day
limit 20;
