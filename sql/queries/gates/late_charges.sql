-- One row: what is wrong with the late charges of the run, each computed again from invoices, payments, disputes, letters and costs.
-- `policies` and what stands beside it are the policies in force; `segments` says which one a segment has, "" being none, and `rate_policies`
-- what each asks a month and what the law allows a year, by the first day of both.
with policy as (
    select *
    from unnest(
        cast(:policies as text[]), cast(:reactivation_fees as numeric[]), cast(:cost_caps as numeric[]),
        cast(:first_fee_caps as numeric[]), cast(:later_fee_caps as numeric[]), cast(:at_least as numeric[])
    ) as known (policy, reactivation, cost_cap, first_fee_cap, later_fee_cap, at_least)
),
segment_policy as (
    select * from unnest(cast(:segments as text[]), cast(:segment_policies as text[])) as known (segment, policy)
),
rate as (
    select *
    from unnest(cast(:rate_policies as text[]), cast(:rate_days as date[]), cast(:rates_per_month as numeric[]), cast(:legal_rates as numeric[]))
        as known (policy, since, per_month, legal)
),
charge as (
    select charge.*, run.run_on from late_charge as charge join run using (run_id) where charge.run_id = :run_id
),
owed as (
    select charge.*, late.kind, late.payer_id as payer_of_invoice, late.due_on,
        greatest(late.gross + coalesce((select sum(note.gross) from invoice as note
            where note.credits_invoice_id = late.invoice_id and note.number is not null and note.issued_on <= charge.run_on), 0), 0) as owed,
        coalesce((select sum(cast(record ->> 'amount' as numeric)) from feed_record_at(:import_no, 'disputes')
            where record ->> 'invoice_number' = late.number and cast(record ->> 'opened_on' as date) <= charge.run_on
                and coalesce(cast(nullif(record ->> 'closed_on', '') as date) > charge.run_on, true)), 0) as contested,
        coalesce((select sum(earlier.amount) from late_charge as earlier
            where earlier.invoice_id = charge.invoice_id and earlier.run_id <> charge.run_id), 0) as asked,
        coalesce((select sum(taken.net) from late_charge as earlier
            join invoice as note on note.credits_invoice_id = earlier.debit_note_id and note.number is not null
            join invoice_line as taken on taken.invoice_id = note.invoice_id and taken.credits_line_seq = earlier.line_seq
            where earlier.invoice_id = charge.invoice_id and earlier.run_id <> charge.run_id), 0) as taken_back
    from charge
    join invoice as late using (invoice_id)
),
delay as (
    select owed.run_on, owed.due_on, owed.payer_id, d.*, greatest(owed.owed - least(owed.contested, owed.owed) - coalesce((
            select sum(payment.amount) from payment where payment.invoice_id = owed.invoice_id and payment.paid_on <= d.to_day), 0), 0) as still_open,
        case when :by_days then (d.to_day - d.from_day + 1) / extract(day from date_trunc('month', d.from_day) + interval '1 month - 1 day') else 1 end
            as months,
        lag(d.to_day) over (partition by d.charge_no order by d.seq) as before
    from owed
    join interest_delay as d using (run_id, charge_no)
),
came_under as (  -- the policy of the segment that the payer had on the first day of a delay
    select distinct on (delay.charge_no, delay.seq) delay.charge_no, delay.seq, delay.from_day, delay.per_month,
        coalesce(segment_policy.policy, (select policy from segment_policy where segment = '')) as policy
    from delay
    left join segment_at(:import_no) as theirs on theirs.payer_id = delay.payer_id and theirs.valid_from <= delay.from_day
    left join segment_policy using (segment)
    order by delay.charge_no, delay.seq, theirs.valid_from desc nulls last, theirs.segment_id desc
),
allowed as (
    select distinct on (came_under.charge_no, came_under.seq) came_under.per_month, rate.per_month as asked, rate.legal
    from came_under
    left join rate using (policy)
    order by came_under.charge_no, came_under.seq, case when rate.since <= came_under.from_day then 0 else 1 end, abs(rate.since - came_under.from_day)
),
computed as (
    select charge_no, sum(cost) as cost, count(*) as delays from delay group by charge_no
),
letter as (
    select charge.*, notice.level, notice.fee, notice.recovery_cost, notice.noticed_on, notice.payer_id as payer_of_letter,
        notice.anchor_invoice_id, delivery.state, delivery.bounced_on
    from charge
    join dunning_notice as notice using (notice_id)
    left join delivery using (delivery_id)
),
tried_before as (  -- another letter of the level for the same anchor, whose charge was not credited in full
    select distinct letter.charge_no
    from letter
    join dunning_notice as other on other.anchor_invoice_id = letter.anchor_invoice_id and other.payer_id = letter.payer_of_letter
        and other.level = letter.level and other.notice_id <> letter.notice_id
    join late_charge as asked on asked.notice_id = other.notice_id and asked.what = letter.what
    where asked.amount + coalesce((select sum(taken.net) from invoice as note
        join invoice_line as taken on taken.invoice_id = note.invoice_id and taken.credits_line_seq = asked.line_seq
        where note.credits_invoice_id = asked.debit_note_id and note.number is not null and note.issued_on <= letter.run_on), 0) > 0
),
for_nothing as (
    select charge_no
    from letter
    where not exists (select from dunning_notice_invoice as listed join invoice as late using (invoice_id)
        where listed.notice_id = letter.notice_id and late.gross + coalesce((select sum(note.gross) from invoice as note
                where note.credits_invoice_id = late.invoice_id and note.number is not null and note.issued_on <= letter.run_on), 0)
            - coalesce((select sum(payment.amount) from payment
                where payment.invoice_id = late.invoice_id and payment.paid_on < letter.noticed_on), 0) > 0)
),
cost as (
    select charge.*, cost.payer_id as payer_of_cost, cost.amount as incurred, cost.incurred_on
    from charge
    left join recovery_cost_at(:import_no) as cost using (cost_id)
    where charge.cost_id is not null
),
too_dear as (
    select charge_no from letter left join policy using (policy)
    where what = 'reminder_fee' and (amount > fee or amount > case when level = 1 then first_fee_cap else later_fee_cap end)
    union all
    select charge_no from letter left join policy using (policy) where what = 'recovery_cost' and (amount > recovery_cost or amount > cost_cap)
    union all
    select charge_no from cost left join policy using (policy) where incurred is null or amount > incurred or amount > cost_cap
    union all
    select charge_no from charge left join policy using (policy) where what = 'reactivation' and amount is distinct from reactivation
)
select
    (select count(*) from owed where kind <> 'invoice') as interest_on_debit_note,
    (select count(*) from delay where from_day <= due_on or to_day > run_on or from_day <= before) as interest_before_late,
    (select count(*) from delay where open_amount <> still_open) as open_amount_differs,
    (select count(*) from delay where abs(cost - open_amount * per_month * months) > 0.000001)
        + (select count(*) from owed left join computed using (charge_no)
            where computed.cost is null or abs(computed.cost - owed.amount - owed.charged_before) > 0.005000001) as interest_differs,
    (select count(*) from owed where charged_before > asked or charged_before < asked + taken_back) as charged_before_differs,
    (select count(*) from allowed where per_month > least(asked, legal / 12) + 0.0000000001 or asked is null) as rate_too_high,
    (select count(*) from letter where state is distinct from 'sent' or bounced_on <= run_on or noticed_on + cast(:days_until_delivered as integer) > run_on)
        as letter_undelivered,
    (select count(*) from for_nothing) as letter_for_nothing,
    (select count(*) - count(distinct (what, notice_id, cost_id, order_no)) from late_charge where what <> 'interest')
        + (select count(*) from tried_before) as charged_twice,
    (select count(*) from too_dear) as cost_too_high,
    (select count(*) from charge left join suspension_order as restored using (order_no) where what = 'reactivation'
        and (restored.measure is distinct from 'restore' or restored.state <> 'acknowledged' or restored.effective_on > run_on)) as not_restored,
    (select count(*) from owed where payer_of_invoice <> payer_id)
        + (select count(*) from letter where payer_of_letter <> payer_id)
        + (select count(*) from cost where payer_of_cost <> payer_id)
        + (select count(*) from charge join suspension_order as restored using (order_no) where restored.payer_id <> charge.payer_id) as payer_differs,
    (select count(*) from (
        select payer_id from charge left join policy using (policy)
        group by payer_id having sum(amount) < min(at_least)) as small) as sum_too_small,
    (select count(*) from charge where policy = '' or clause = '') as basis_missing;
