-- One row per invoice or debit note that is open on a day, oldest due date first: amounts in EUR as of that day, less
-- what credit notes issued by then took back, contested by the disputes then open, for at most what is open.
-- returns: tasks.payments.OpenInvoiceOn
with paid as (
    select payment.invoice_id, sum(payment.amount) as amount
    from payment
    where payment.paid_on <= cast(:day as date)
    group by payment.invoice_id
), credited as (
    select note.credits_invoice_id as invoice_id, -sum(note.gross) as amount
    from invoice as note
    where note.credits_invoice_id is not null and note.issued_on <= cast(:day as date)
    group by note.credits_invoice_id
), contested as (
    select record ->> 'invoice_number' as number, sum(cast(record ->> 'amount' as numeric)) as amount
    from feed_record
    where table_name = 'disputes' and superseded_import is null
        and cast(record ->> 'opened_on' as date) <= cast(:day as date)
        and coalesce(cast(nullif(record ->> 'closed_on', '') as date) > cast(:day as date), true)
    group by record ->> 'invoice_number'
)
select invoice.invoice_id, invoice.payer_id, invoice.number, invoice.issued_on, invoice.due_on, invoice.structured_reference, invoice.gross,
    invoice.gross - coalesce(credited.amount, 0) - coalesce(paid.amount, 0) as open_amount,
    least(coalesce(contested.amount, 0), invoice.gross - coalesce(credited.amount, 0) - coalesce(paid.amount, 0)) as contested,
    invoice.kind, coalesce(credited.amount, 0) as credited, coalesce(paid.amount, 0) as paid
from invoice
left join paid using (invoice_id)
left join credited using (invoice_id)
left join contested using (number)
where invoice.kind in ('invoice', 'debit_note') and invoice.issued_on <= cast(:day as date) 
    and invoice.gross > coalesce(credited.amount, 0) + coalesce(paid.amount, 0)
order by invoice.due_on, invoice.number;
