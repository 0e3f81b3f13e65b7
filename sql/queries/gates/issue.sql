-- One row: what is wrong with the numbers, dates, references and totals of the invoices the run issued.
with issued as (
    select invoice.*, run.run_on, run.kind as run_kind, regexp_replace(coalesce(structured_reference, ''), '\D', '', 'g') as digits
    from invoice
    join run using (run_id)
    where run_id = :run_id
),
line_sums as (
    select invoice_id, sum(line.net) as net from invoice_line as line join issued using (invoice_id) group by invoice_id
),
vat_sums as (
    select invoice_id, sum(total.base) as base, sum(total.vat) as vat from invoice_vat as total join issued using (invoice_id) group by invoice_id
),
series as (
    select series.series, series.last_seq, count(invoice.seq) as numbers, count(distinct invoice.seq) as different,
        coalesce(min(invoice.seq), 1) as first, coalesce(max(invoice.seq), 0) as last
    from number_series as series
    left join invoice using (series)
    where series.series in (select series from issued)
    group by series.series, series.last_seq
)
select
    (select count(*) from issued where number is null) as number_missing,
    (select count(*) from series where numbers <> last or different <> numbers or first <> 1 or last <> last_seq) as series_gap,
    (select count(*) - count(distinct number) from issued where number is not null) as number_twice,
    (select count(*) from issued where number is not null and (digits !~ '^[0-9]{12}$'
        or case when digits ~ '^[0-9]{12}$' then
            cast(right(digits, 2) as bigint) <> coalesce(nullif(cast(left(digits, 10) as bigint) % 97, 0), 97) end)) as reference_wrong,
    (select count(*) from issued where issued_on <> run_on) as issued_on_differs,
    (select count(*) from issued where due_on <> issued_on + payment_days) as due_on_differs,
    (select count(*) from issued where run_kind = 'orders' and due_on <> issued_on) as order_not_on_receipt,
    (select count(*) from issued left join line_sums using (invoice_id) left join vat_sums using (invoice_id)
        where issued.net is distinct from line_sums.net or issued.net is distinct from vat_sums.base
            or issued.vat is distinct from vat_sums.vat or issued.gross <> issued.net + issued.vat) as totals_differ,
    (select count(*) from issued join parked_payer using (run_id, payer_id)) as parked_issued,
    (select count(*) from issued join party on party.party_id = issued.payer_id and party.version = issued.payer_version
        where party.name = '' or party.city = '' or party.street = '') as address_missing,
    (select count(*) from issued join invoice as later on later.series = issued.series and later.seq < issued.seq
        and later.issued_on > issued.issued_on and later.run_id <> issued.run_id) as dates_out_of_order;
