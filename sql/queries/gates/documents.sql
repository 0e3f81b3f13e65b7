-- One row: what is missing among the documents of the invoices the run issued.
with issued as (
    select invoice.invoice_id, invoice.number, run.kind as run_kind
    from invoice
    join run using (run_id)
    where invoice.run_id = :run_id and invoice.number is not null
),
documents as (
    select document.* from document join issued using (invoice_id)
),
counted as (  -- end clients with something that recurs: they get a monthly summary
    select distinct line.invoice_id, line.end_client_id
    from invoice_line as line
    join issued using (invoice_id)
    where issued.run_kind = 'close' and line.charge in ('recurring', 'pro_rata')
)
select
    (select count(*) from issued where not exists (
        select from documents where documents.invoice_id = issued.invoice_id and documents.kind = 'invoice')) as pdf_missing,
    (select count(*) from issued where not exists (
        select from documents where documents.invoice_id = issued.invoice_id and documents.kind = 'e_invoice')) as e_invoice_missing,
    (select count(*) from documents where size <= 0 or sha256 !~ '^[0-9a-f]{64}$' or path = '') as document_empty,
    (select count(*) from counted where not exists (
        select from documents where documents.invoice_id = counted.invoice_id and documents.kind = 'summary'
            and documents.end_client_id = counted.end_client_id)) as summary_missing,
    (select count(*) - count(distinct path) from documents) as path_twice;
