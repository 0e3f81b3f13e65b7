-- One row: what is wrong with the recurring charges of the run, and with the days its lines are charged for.
with this as (
    select run_id, period, run_on from run where run_id = :run_id
),
ended as (  -- the first day without service of each line that a termination ends, as the last close said that passed it
    select distinct on (line_no) line_no, past_day from line_ending order by line_no, run_id desc
),
lines as (  -- every line a monthly close charges, with the first and the past day that must be charged by now
    select
        line.line_no, line.quantity as ordered, line.starts_on, line.ends_on, line.charged_through, product.service, product.kind,
        case when line.min_months is not null then cast(line.starts_on + make_interval(months => line.min_months) as date)
            else cast(coalesce(contract.starts_on, line.starts_on) + make_interval(months => contract.term_months) as date) end as term_end,
        greatest(line.starts_on, coalesce(line.charged_through + 1, line.starts_on)) as first,
        least(
            cast(this.period + make_interval(months => case product.timing when 'advance' then 2 else 1 end) as date),
            coalesce(line.ends_on + 1, 'infinity'), coalesce(ended.past_day, 'infinity')
        ) as past,
        coalesce(contract.signed_on <= this.run_on and contract.credit_approved_on <= this.run_on and contract.confirmed_on <= this.run_on
            and (coalesce(contract.deposit_required, 0) = 0 or contract.deposit_received_on <= this.run_on), false) as in_force,
        exists (select from parked_payer as parked where parked.run_id = :run_id and parked.payer_id = contract.payer_id) as is_parked
    from order_line_at(:import_no) as line
    join contract_at(:import_no) as contract using (contract_id)
    join product_at(:import_no) as product using (product)
    left join ended using (line_no)
    cross join this
    where product.timing in ('advance', 'arrears') and product.kind not in ('hardware', 'activation', 'installation', 'porting_out', 'usage')
        and line.starts_on <= this.run_on
),
covered as (
    select charge.line_no, sum(least(upper(charge.days), lines.past) - greatest(lower(charge.days), lines.first)) as days
    from recurring_charge as charge
    join lines using (line_no)
    where charge.released_by is null and lower(charge.days) < lines.past and upper(charge.days) > lines.first
    group by charge.line_no
),
gaps as (
    select count(*) as lines
    from lines
    left join covered using (line_no)
    where lines.in_force and not lines.is_parked and lines.first < lines.past and coalesce(covered.days, 0) <> lines.past - lines.first
        and not exists (select from charge_refusal as refusal where refusal.run_id = :run_id and refusal.line_no = lines.line_no)
),
quarters as (  -- what the closes before charged of a line: at the last one before this quarter, at most since, and at the last one
    select
        charge.line_no,
        (array_agg(charge.quantity order by earlier.period desc, lower(charge.days) desc)
            filter (where earlier.period < date_trunc('quarter', this.period)))[1] as before_quarter,
        max(charge.quantity) filter (where earlier.period >= date_trunc('quarter', this.period)) as since,
        (array_agg(charge.quantity order by earlier.period desc, lower(charge.days) desc))[1] as last
    from recurring_charge as charge
    join run as earlier on earlier.run_id = charge.run_id and earlier.kind = 'close'
    join this on earlier.period < this.period
    where charge.charge <> 'balance'
    group by charge.line_no
),
charges as (
    select
        charge.*, charge.charge = 'balance' as is_balance, lines.in_force, lines.ordered as ordered_now, lines.starts_on, lines.ends_on, lines.charged_through, lines.term_end,
        lines.service, lines.kind, lines.past, lines.line_no is null as is_unknown,
        extract(day from date_trunc('month', lower(charge.days)) + interval '1 month' - interval '1 day') as days_in_month,
        greatest(coalesce(quarters.before_quarter, lines.ordered), coalesce(quarters.since, 0)) as reference, quarters.last
    from recurring_charge as charge
    left join lines using (line_no)
    left join quarters using (line_no)
    where charge.run_id = :run_id
),
seen as (
    select
        count(*) filter (where lower(days) < starts_on or lower(days) <= charged_through) as charged_before_start,
        count(*) filter (where not is_balance and upper(days) > past) as charged_after_end,
        count(*) filter (where not in_force or (is_unknown and not is_balance)) as charged_not_in_force,
        count(*) filter (where date_trunc('month', lower(days)) <> date_trunc('month', upper(days) - 1)
            or net <> round(quantity * unit_price * (upper(days) - lower(days)) / days_in_month, 2)) as net_differs,
        count(*) filter (where net < 0 or quantity < 0) as negative,
        count(*) filter (where clause = '' or count_clause = '') as clause_missing,
        count(*) filter (where not is_balance and quantity < ordered_now and upper(days) <= term_end and (select run_on from this) < term_end
            and (kind in ('pack', 'other', 'channel', 'licence') or (kind = 'user' and service <> 'business_telephony'))) as below_ordered,
        count(*) filter (where not is_balance and kind = 'user' and service = 'business_telephony' and quantity < reference - reference / 10)
            as users_dropped,
        count(distinct line_no) filter (where not is_balance and last > 0 and abs(quantity - last) > cast(:count_change_at_most as numeric) * last) as quantity_jumped
    from charges
),
terminations as (
    select termination.* from termination_at(:import_no) as termination
    join this on termination.received_on <= this.run_on
),
settled as (  -- balance rows of the run with what they rest on: the end of the line, its termination, its order
    select charge.days, ending.past_day, ending.balance_until, product.kind, product.timing,
        case contract.terms when 'telavox' then termination.ended_by = 'operator' and termination.client_breach and charge.clause = 'GC-13.3'
            else termination.ended_by in ('client', 'partner') and charge.clause = 'CG-3.d' end as is_founded
    from recurring_charge as charge
    left join line_ending as ending on ending.line_no = charge.line_no
        and ending.run_id = (select max(run_id) from line_ending as latest where latest.line_no = charge.line_no)
    left join terminations as termination using (termination_id)
    left join order_line_at(:import_no) as line on line.line_no = charge.line_no
    left join contract_at(:import_no) as contract on contract.contract_id = line.contract_id
    left join product_at(:import_no) as product on product.product = line.product
    where charge.run_id = :run_id and charge.charge = 'balance'
),
bankrupt as (
    select count(*) as charges
    from recurring_charge as charge
    join order_line_at(:import_no) as line using (line_no)
    join terminations as proven on proven.ended_by = 'bankruptcy' and proven.end_client_id = line.end_client_id
    where charge.run_id = :run_id and upper(charge.days) > proven.received_on
),
given_back as (  -- of each refund of the run, the days and the net of the charges it gives back
    select refund.net, upper(refund.days) - lower(refund.days) as days, refund.below_floor,
        sum(refund.net) over (partition by refund.termination_id) as together,
        (select coalesce(sum(least(upper(charge.days), upper(refund.days)) - greatest(lower(charge.days), lower(refund.days))), 0)
            from recurring_charge as charge
            where charge.run_id = refund.charged_run_id and charge.line_no = refund.line_no and charge.days && refund.days
                and charge.charge <> 'balance' and charge.released_by is null) as days_charged,
        (select coalesce(sum(charge.net), 0) from recurring_charge as charge
            where charge.run_id = refund.charged_run_id and charge.line_no = refund.line_no and charge.days && refund.days
                and charge.released_by is null) as net_charged
    from refund
    where refund.run_id = :run_id
),
versions as (
    select price.*, product.service, row_number() over (partition by price.product order by price.valid_from) > 1 as is_change
    from price_at(:import_no) as price
    join product_at(:import_no) as product using (product)
)
select
    (select lines from gaps) as days_gap,
    (select count(*) from charge_refusal where run_id = :run_id) as unpriced,
    (select count(*) from ad_hoc_waiting where run_id = :run_id and why = 'unpriced') as ad_hoc_unpriced,
    seen.charged_before_start, seen.charged_after_end, seen.charged_not_in_force, seen.net_differs, seen.negative, seen.clause_missing,
    seen.below_ordered, seen.users_dropped, seen.quantity_jumped,
    (select count(*) from settled where is_founded is not true or kind is null or kind = 'national_number' or timing = 'at_order'
        or lower(days) < past_day or upper(days) > balance_until or balance_until is null) as balance_unfounded,
    (select charges from bankrupt) as bankrupt_charged,
    (select count(*) from given_back where days_charged < days or net > net_charged) as refund_above_charge,
    (select count(*) from given_back where below_floor <> (together < 10)) as refund_floor_missed,
    (select count(*) from line_ending as ending
        join terminations as termination using (termination_id)
        where ending.run_id = :run_id and termination.ended_by = 'operator' and termination.client_breach and termination.proof = '')
        as breach_unproven,
    (select count(*) from line_ending as ending
        join terminations as termination using (termination_id)
        join recurring_charge as charge on charge.line_no = ending.line_no and upper(charge.days) > ending.past_day
            and charge.run_id <> :run_id and charge.charge <> 'balance' and charge.released_by is null
        join run as charged_by on charged_by.run_id = charge.run_id and charged_by.run_on > termination.received_on
        where ending.run_id = :run_id
            and not exists (select from refund where refund.line_no = charge.line_no and refund.days && charge.days)) as charged_past_end,
    (select count(*) from line_ending as ending
        join refund on refund.line_no = ending.line_no and lower(refund.days) < ending.past_day
            and refund.run_id <> :run_id and not refund.below_floor
        where ending.run_id = :run_id) as served_after_refund,
    (select count(*) from line_ending as ending
        join order_line_at(:import_no) as line on line.line_no = ending.line_no and line.charged_through >= ending.past_day
        join contract_at(:import_no) as contract on contract.contract_id = line.contract_id and contract.terms = 'telavox'
        join terminations as termination on termination.termination_id = ending.termination_id
            and termination.ended_by <> 'bankruptcy' and not termination.client_breach
        where ending.run_id = :run_id) as charged_elsewhere,
    (select count(*) from versions cross join this
        where service = 'telavox' and is_change and (announced_on is null or announced_on + 30 > valid_from)
            and valid_from between this.period - interval '1 month' and this.period + interval '2 months') as notice_short,
    (select count(*) from contract_not_in_force where run_id = :run_id) as contract_not_in_force
from seen;
