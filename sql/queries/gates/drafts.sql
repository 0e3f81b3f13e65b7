-- One row: what is wrong with the drafts of the run, each compared with the charges it was made from.
with drafts as (
    select * from invoice where run_id = :run_id
),
lines as (
    select line.*, drafts.payer_id from invoice_line as line join drafts using (invoice_id)
),
line_sums as (
    select invoice_id, sum(net) as net, count(*) as lines from lines group by invoice_id
),
categories as (
    select invoice_id, vat_category, vat_rate, sum(net) as base from lines group by invoice_id, vat_category, vat_rate
),
vat as (
    select invoice_vat.* from invoice_vat join drafts using (invoice_id)
),
-- What is left of the invoices the run credits, by line and by VAT category: what they charged less all issued credit notes.
credited as (
    select line.invoice_id, line.line_seq, line.vat_category, line.vat_rate, line.net + coalesce(sum(taken.net), 0) as left_over
    from invoice_line as line
    left join invoice as note on note.credits_invoice_id = line.invoice_id and note.number is not null
    left join invoice_line as taken on taken.invoice_id = note.invoice_id and taken.credits_line_seq = line.line_seq
    where line.invoice_id in (select credits_invoice_id from drafts)
    group by line.invoice_id, line.line_seq
),
credit_lines as (
    select lines.invoice_id, lines.line_seq, lines.net, lines.vat_category, lines.vat_rate, drafts.credits_invoice_id, lines.credits_line_seq
    from lines
    join drafts using (invoice_id)
    where drafts.kind = 'credit_note'
),
left_before as (
    select drafts.invoice_id, credited.vat_category, credited.vat_rate, sum(credited.left_over) as base
    from drafts
    join credited on credited.invoice_id = drafts.credits_invoice_id
    group by 1, 2, 3
),
vat_expected as (
    select categories.*, case when left_before.base is null then round(categories.base * vat_rate / 100, 2)
        else round((left_before.base + categories.base) * vat_rate / 100, 2) - round(left_before.base * vat_rate / 100, 2) end as vat
    from categories
    left join left_before using (invoice_id, vat_category, vat_rate)
),
vat_offences as (
    select count(*) as found
    from vat_expected
    full join vat using (invoice_id, vat_category, vat_rate)
    where vat_expected.base is distinct from vat.base or vat.vat is distinct from vat_expected.vat
        or (vat_category <> 'S' and vat.vat <> 0)
),
-- What an invoice made anew charges beside what the one it replaces did.
made_anew as (
    select draft.credits_invoice_id as invoice_id
    from invoice as draft
    join run using (run_id)
    where draft.run_id = :run_id and draft.kind = 'credit_note' and run.kind = 'credit' and run.request like '%"again": true%'
),
days_before as (
    select line.line_no, range_agg(daterange(shown.from_day, shown.to_day, '[]')) - coalesce((
            select range_agg(refund.days)
            from refund
            join run_step as step on step.run_id = refund.run_id and step.step = 'issue' and step.state = 'accepted'
            where refund.line_no = line.line_no and not refund.below_floor and refund.charged_run_id = invoice.run_id
        ), '{}') as days
    from made_anew
    join invoice using (invoice_id)
    join invoice_line as shown using (invoice_id)
    join line using (line_id)
    where shown.charge in ('recurring', 'pro_rata', 'balance')
    group by line.line_no, invoice.run_id
),
days_after as (
    select line_no, range_agg(days) as days
    from (
        select line_no, days from recurring_charge where run_id = :run_id and (quantity > 0 or net <> 0)
        union all
        select line_no, daterange(first_day, to_day, '[]') from addition_charge where run_id = :run_id
    ) as charged
    where exists (select from made_anew)
    group by line_no
),
over_credited as (
    select count(*) as found
    from (
        select credited.left_over, sum(credit_lines.net) as net
        from credit_lines
        left join credited on credited.invoice_id = credit_lines.credits_invoice_id and credited.line_seq = credit_lines.credits_line_seq
        group by credit_lines.invoice_id, credit_lines.credits_line_seq, credited.left_over
    ) as taken
    where left_over is not null and (abs(net) > abs(left_over) or net * left_over > 0)
),
vat_sums as (
    select invoice_id, sum(vat) as vat from vat group by invoice_id
),
charges as (  -- what the run charges, by line of the order
    select line_no, net from recurring_charge where run_id = :run_id
    union all
    select line_no, net from addition_charge where run_id = :run_id
    union all
    select line_no, net from one_off_charge where run_id = :run_id
    union all
    select line_no, sum(price_cents) / 100.0 from rated_usage where run_id = :run_id and status in (1, 2) group by line_no
),
charged as (
    select payer_id, sum(net) as net, count(*) filter (where payer_id is null) as lost
    from (
        select contract.payer_id, charges.net
        from charges
        left join order_line_at(:import_no) as line using (line_no)
        left join contract_at(:import_no) as contract using (contract_id)
        union all
        select contract.payer_id, charge.net
        from ad_hoc_charge as charge
        left join contract_at(:import_no) as contract using (contract_id)
        where charge.run_id = :run_id
        union all
        select contract.payer_id, -use.amount
        from credit_use as use
        left join sla_credit_at(:import_no) as credit using (credit_id)
        left join contract_at(:import_no) as contract using (contract_id)
        where use.run_id = :run_id
    ) as everything
    group by payer_id
),
invoiced as (
    select payer_id, sum(net) as net from drafts where kind = 'invoice' group by payer_id
),
ad_hoc as (
    select charge.*, exists (select from ad_hoc_charge as other
        where other.charge_id = charge.charge_id and other.run_id <> charge.run_id and other.released_by is null) as is_again
    from ad_hoc_charge as charge
    where charge.run_id = :run_id
),
credits_used as (  -- by credit: what all invoices use, less what credit notes took back, and what was paid out
    select credit_id, sum(amount) as amount
    from (
        select use.credit_id, use.amount - coalesce((
            select sum(taken.net) from invoice as note join invoice_line as taken using (invoice_id)
            where note.credits_invoice_id = use.invoice_id and taken.credits_line_seq = use.line_seq
                and (note.number is not null or note.run_id = :run_id)), 0) as amount
        from credit_use as use
        union all
        select credit_id, amount from credit_payout
    ) as gone
    group by credit_id
),
parked as (
    select payer_id from parked_payer where run_id = :run_id
),
payers as (
    select count(distinct payer_id) as all_of_them
    from (select payer_id from drafts union all select payer_id from parked) as someone
)
select
    (select count(*) from drafts where kind <> 'credit_note' and (net < 0 or gross < 0)) as negative_invoice,
    (select count(*) from drafts where kind = 'credit_note' and (net > 0 or gross > 0)) as positive_credit_note,
    (select found from over_credited) as credit_above_line,
    (select count(*) from days_before full join days_after using (line_no)
        where coalesce(days_before.days, '{}') <> coalesce(days_after.days, '{}')) as again_differs,
    (select count(*) from credit_lines
        left join credited on credited.invoice_id = credit_lines.credits_invoice_id and credited.line_seq = credit_lines.credits_line_seq
            and credited.vat_category = credit_lines.vat_category and credited.vat_rate = credit_lines.vat_rate
        where credited.invoice_id is null)
        + (select count(*) from drafts left join invoice as named on named.invoice_id = drafts.credits_invoice_id
            where drafts.kind = 'credit_note'
                and (named.number is null or named.kind = 'credit_note' or named.payer_id <> drafts.payer_id)) as credit_without_invoice,
    (select count(*) from drafts join run using (run_id) where drafts.kind = 'credit_note' and run.kind = 'credit' and drafts.reason = '')
        as credit_without_reason,
    abs((select coalesce(sum(net), 0) from refund where run_id = :run_id and not below_floor
            and line_no not in (
                select line_no from order_line_at(:import_no) join contract_at(:import_no) as contract using (contract_id)
                where contract.payer_id in (select payer_id from parked)))
        + (select coalesce(sum(net), 0) from lines where charge = 'refund')) as refunds_differ,
    (select count(*) from drafts left join line_sums using (invoice_id) where drafts.net <> coalesce(line_sums.net, 0)) as lines_differ,
    (select found from vat_offences)
        + (select count(*) from drafts left join vat_sums using (invoice_id) where drafts.vat <> coalesce(vat_sums.vat, 0)) as vat_differs,
    (select count(*) from lines join party on party.party_id = lines.payer_id
        join drafts on drafts.invoice_id = lines.invoice_id and drafts.payer_version = party.version
        where drafts.kind = 'invoice' and lines.charge not in ('fee', 'interest') and (
            (party.country = 'BE' and (lines.vat_category <> 'S' or lines.vat_rate <> 21))
            or (lines.vat_category = 'AE' and (party.vat_number = '' or upper(party.vat_number) like 'BE%')))) as vat_category_differs,
    (select count(*) from charged full join invoiced using (payer_id)
        where payer_id is not null and payer_id not in (select payer_id from parked)
            and coalesce(charged.net, 0) <> coalesce(invoiced.net, 0))
        + (select coalesce(sum(lost), 0) from charged where payer_id is null) as charges_differ,
    (select count(*) from late_charge as charge
        left join drafts on drafts.invoice_id = charge.debit_note_id and drafts.kind = 'debit_note' and drafts.payer_id = charge.payer_id
        left join lines on lines.invoice_id = drafts.invoice_id and lines.line_seq = charge.line_seq
        where charge.run_id = :run_id and charge.payer_id not in (select payer_id from parked)
            and (lines.net, lines.vat_category, lines.clause, lines.charge) is distinct from
                (charge.amount, 'O', charge.clause, case charge.what when 'interest' then 'interest' else 'fee' end))
        + abs((select count(*) from lines join drafts using (invoice_id) where drafts.kind = 'debit_note')
            - (select count(*) from late_charge where run_id = :run_id and payer_id not in (select payer_id from parked)))
        as late_charges_differ,
    (select count(*) from drafts join parked using (payer_id)) as parked_invoiced,
    (select count(*) - count(distinct (line_id, product, charge, from_day, to_day)) from lines
        where line_id <> '' and charge in ('one_off', 'recurring', 'usage')) as line_twice,
    (select count(*) from drafts left join line_sums using (invoice_id) where line_sums.lines is null) as empty_invoice,
    (select count(*) from lines where clause = '') as clause_missing,
    (select count(*) from lines join drafts using (invoice_id) left join contract_at(:import_no) as contract using (contract_id)
        where drafts.kind = 'invoice' and contract.payer_id is distinct from lines.payer_id) as payer_differs,
    (select case when all_of_them = 0 then 0 else round((
        select count(*) from parked where payer_id not in (select payer_id from payer_exclusion where run_id = :run_id)
    )::numeric / all_of_them, 6) end from payers) as parked_share,
    (select count(*) from parked) as parked,
    (select count(*) from charge_refusal where run_id = :run_id) as unpriced,
    (select count(*) from ad_hoc where net <> round(quantity * unit_price, 2) or (is_again and released_by is null)) as ad_hoc_wrong,
    (select count(*) from ad_hoc_waiting as waiting where run_id = :run_id and not (why = 'bankrupt' and exists (
        select from ad_hoc_waiting as told where told.charge_id = waiting.charge_id and told.why = 'bankrupt' and told.run_id < :run_id)))
        as ad_hoc_waiting,
    (select count(*) from ad_hoc_charge as made join ad_hoc_charge_at(:import_no) as asked using (charge_id)
        where made.released_by is null and (made.quantity <> asked.quantity or made.unit_price <> coalesce(asked.unit_price, made.unit_price)
            or made.contract_id <> asked.contract_id or made.charged_on <> asked.charged_on)) as ad_hoc_changed,
    (select count(*) from credits_used left join sla_credit_at(:import_no) as credit using (credit_id)
        where credits_used.amount > coalesce(credit.amount, 0)) as credit_overused,
    (select count(*) from drafts where gross = 0) as nothing_to_pay;
