-- One row per invoice or debit note that is open on a day, oldest due date first: amounts in EUR as of that day, less
-- what credit notes issued by then took back; with `due_before` only those due before that day, with `known_now` less also what was
-- paid and credited since.
-- returns: tasks.payments.OpenDocument
with paid as (
    select payment.invoice_id,
        greatest(sum(payment.amount), coalesce(sum(payment.amount) filter (where payment.paid_on <= cast(:day as date)), 0)) as amount
    from payment
    where cast(:known_now as boolean) or payment.paid_on <= cast(:day as date)
    group by payment.invoice_id
), credited as (
    select note.credits_invoice_id as invoice_id, -sum(note.gross) as amount
    from invoice as note
    where note.credits_invoice_id is not null and note.issued_on is not null
        and (cast(:known_now as boolean) or note.issued_on <= cast(:day as date))
    group by note.credits_invoice_id
)
select invoice.invoice_id, invoice.payer_id, invoice.number, invoice.issued_on, invoice.due_on, invoice.structured_reference, invoice.gross,
    invoice.gross - coalesce(credited.amount, 0) - coalesce(paid.amount, 0) as open_amount,
    invoice.kind, coalesce(credited.amount, 0) as credited, coalesce(paid.amount, 0) as paid
from invoice
left join paid using (invoice_id)
left join credited using (invoice_id)
where invoice.kind in ('invoice', 'debit_note') and invoice.issued_on <= cast(:day as date)
    and (cast(:due_before as date) is null or invoice.due_on < cast(:due_before as date))
    and invoice.gross > coalesce(credited.amount, 0) + coalesce(paid.amount, 0)
order by invoice.due_on, invoice.number;
