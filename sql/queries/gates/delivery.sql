-- One row: what became of the invoices the run sends.
with issued as (
    select invoice_id, payer_id from invoice where run_id = :run_id and number is not null
),
sent as (
    select delivery.*, issued.payer_id as payer_of_invoice from delivery join issued using (invoice_id) where delivery.purpose = 'invoice'
)
select
    (select count(*) from issued where not exists (select from sent where sent.invoice_id = issued.invoice_id)) as delivery_missing,
    (select count(*) from sent where recipients = '' or (channel = 'email' and recipients !~ '[^@;\s]@[^@;\s]')) as recipient_missing,
    (select count(*) from sent where payer_id <> payer_of_invoice) as payer_differs,
    (select count(*) - count(distinct invoice_id) from sent) as delivered_twice,
    (select count(*) from sent where state = 'pending') as pending,
    (select case when count(*) = 0 then 0 else round(count(*) filter (where state = 'failed')::numeric / count(*), 6) end from sent) as failed_share,
    (select count(*) from sent where state = 'failed') as failed;
