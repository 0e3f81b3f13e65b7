-- One row per line of an invoice being made anew whose days are not those of the invoice it replaces, less what was refunded since.
with credited as (
    select draft.credits_invoice_id as invoice_id
    from invoice as draft
    join run using (run_id)
    where draft.run_id = :run_id and draft.kind = 'credit_note' and run.kind = 'credit' and run.request like '%"again": true%'
),
before as (
    select line.line_no, range_agg(daterange(shown.from_day, shown.to_day, '[]')) - coalesce((
            select range_agg(refund.days)
            from refund
            join run_step as step on step.run_id = refund.run_id and step.step = 'issue' and step.state = 'accepted'
            where refund.line_no = line.line_no and not refund.below_floor and refund.charged_run_id = invoice.run_id
        ), '{}') as days
    from credited
    join invoice using (invoice_id)
    join invoice_line as shown using (invoice_id)
    join line using (line_id)
    where shown.charge in ('recurring', 'pro_rata', 'balance')
    group by line.line_no, invoice.run_id
),
after as (
    select line_no, range_agg(days) as days
    from (
        select line_no, days from recurring_charge where run_id = :run_id and (quantity > 0 or net <> 0)
        union all
        select line_no, daterange(first_day, to_day, '[]') from addition_charge where run_id = :run_id
    ) as charged
    where exists (select from credited)
    group by line_no
)
select line.line_id as line, before.days::text as days_before, after.days::text as days_now
from before
full join after using (line_no)
join line using (line_no)
where coalesce(before.days, '{}') <> coalesce(after.days, '{}')
order by line.line_id
limit 20;
