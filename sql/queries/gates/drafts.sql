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
vat_offences as (
    select count(*) as found
    from categories
    full join vat using (invoice_id, vat_category, vat_rate)
    where categories.base is distinct from vat.base or vat.vat is distinct from round(categories.base * vat_rate / 100, 2)
        or (vat_category <> 'S' and vat.vat <> 0)
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
    select contract.payer_id, sum(charges.net) as net, count(*) filter (where contract.payer_id is null) as lost
    from charges
    left join order_line_at(:import_no) as line using (line_no)
    left join contract_at(:import_no) as contract using (contract_id)
    group by contract.payer_id
),
invoiced as (
    select payer_id, sum(net) as net from drafts where kind = 'invoice' group by payer_id
),
parked as (
    select payer_id from parked_payer where run_id = :run_id
),
payers as (
    select count(distinct payer_id) as all_of_them
    from (select payer_id from drafts union all select payer_id from parked) as someone
)
select
    (select count(*) from drafts where net < 0 or gross < 0) as negative_invoice,
    (select count(*) from drafts left join line_sums using (invoice_id) where drafts.net <> coalesce(line_sums.net, 0)) as lines_differ,
    (select found from vat_offences)
        + (select count(*) from drafts left join vat_sums using (invoice_id) where drafts.vat <> coalesce(vat_sums.vat, 0)) as vat_differs,
    (select count(*) from lines join party on party.party_id = lines.payer_id
        join drafts on drafts.invoice_id = lines.invoice_id and drafts.payer_version = party.version
        where lines.charge not in ('fee', 'interest') and (
            (party.country = 'BE' and (lines.vat_category <> 'S' or lines.vat_rate <> 21))
            or (lines.vat_category = 'AE' and (party.vat_number = '' or upper(party.vat_number) like 'BE%')))) as vat_category_differs,
    (select count(*) from charged full join invoiced using (payer_id)
        where payer_id is not null and payer_id not in (select payer_id from parked)
            and coalesce(charged.net, 0) <> coalesce(invoiced.net, 0))
        + (select coalesce(sum(lost), 0) from charged where payer_id is null) as charges_differ,
    (select count(*) from drafts join parked using (payer_id)) as parked_invoiced,
    (select count(*) - count(distinct (line_id, product, charge, from_day, to_day)) from lines
        where line_id <> '' and charge in ('one_off', 'recurring', 'usage')) as line_twice,
    (select count(*) from drafts left join line_sums using (invoice_id) where line_sums.lines is null) as empty_invoice,
    (select count(*) from lines where clause = '') as clause_missing,
    (select count(*) from lines left join contract_at(:import_no) as contract using (contract_id)
        where contract.payer_id is distinct from lines.payer_id) as payer_differs,
    (select case when all_of_them = 0 then 0 else round((select count(*) from parked)::numeric / all_of_them, 6) end from payers) as parked_share,
    (select count(*) from parked) as parked,
    (select count(*) from charge_refusal where run_id = :run_id) as unpriced,
    (select count(*) from drafts where gross = 0) as nothing_to_pay;
