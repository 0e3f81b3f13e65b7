-- One row: what became of the invoices the run sends.
with issued as (
    select invoice_id, payer_id from invoice where run_id = :run_id and number is not null
),
sent as (
    select delivery.*, issued.payer_id as payer_of_invoice, delivery.state = 'failed' and not exists (
        select from delivery as copy
        where copy.invoice_id = delivery.invoice_id and copy.purpose = 'copy' and copy.state = 'sent' and copy.bounced_on is null
    ) as has_failed
    from delivery
    join issued using (invoice_id)
    where delivery.purpose = 'invoice'
),
handed_over as (
    select delivery.*, issued.payer_id as payer_of_invoice from delivery join issued using (invoice_id) where delivery.purpose = 'e_invoice'
),
owed as (
    -- who is reached through Peppol: by an address of another scheme, or by a Belgian number whose check digits are right
    select issued.invoice_id
    from issued
    join invoice using (invoice_id)
    join run on run.run_id = invoice.run_id and not run.of_earlier_release
    join party on party.party_id = invoice.payer_id and party.version = invoice.payer_version
    cross join lateral (
        select bool_or(case when digits ~ '^[01]?[0-9]{9}$' then 97 - left(digits, -2)::bigint % 97 = right(digits, 2)::int end) as is_belgian
        from unnest(array[substring(party.peppol_id from '^\s*0208\s*:(.*)$'), case party.country when 'BE' then party.vat_number end]) as given
        cross join lateral (select regexp_replace(upper(given), '^\s*BE|[\s./-]', '', 'g')) as compact (digits)
    ) as number
    where number.is_belgian or party.peppol_id ~ '^\s*[0-9A-Za-z]{2,4}\s*:\s*\S' and party.peppol_id !~ '^\s*0208\s*:'
)
select
    (select count(*) from issued where not exists (select from sent where sent.invoice_id = issued.invoice_id)) as delivery_missing,
    (select count(*) from sent where recipients = '' or (channel = 'email' and recipients !~ '[^@;\s]@[^@;\s]')) as recipient_missing,
    (select count(*) from sent where payer_id <> payer_of_invoice) as payer_differs,
    (select count(*) - count(distinct invoice_id) from sent) as delivered_twice,
    (select count(*) from sent where state = 'pending') as pending,
    (select case when count(*) = 0 then 0 else round(count(*) filter (where has_failed)::numeric / count(*), 6) end from sent) as failed_share,
    (select count(*) from sent where has_failed) as failed,
    (select count(*) from owed where invoice_id not in (select invoice_id from handed_over)) as e_invoice_missing,
    (select count(*) from handed_over where payer_id <> payer_of_invoice or channel <> 'peppol' or recipients !~ '^[0-9A-Z]{2,4}:[^\s]') as e_invoice_misdirected,
    (select count(*) - count(distinct invoice_id) from handed_over) as e_invoice_twice,
    (select count(*) from handed_over where state = 'pending') as e_invoice_pending,
    (select count(*) from handed_over where state = 'failed') as e_invoice_refused;
