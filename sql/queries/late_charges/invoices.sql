-- One row per invoice that was late on some day up to a day (of the payers given, or of all), oldest due date first: what is owed of it
-- after its credit notes, and the clause of its interest: that of the Telavox terms where all of it is under them. EUR including VAT.
-- returns: tasks.late_charges.gathering.LateInvoiceRow
with owed as (
    select invoice.invoice_id, invoice.payer_id, invoice.number, invoice.issued_on, invoice.due_on, invoice.gross + coalesce((
            select sum(note.gross) from invoice as note
            where note.credits_invoice_id = invoice.invoice_id and note.number is not null and note.issued_on <= cast(:day as date)
        ), 0) as amount
    from invoice
    where invoice.kind = 'invoice' and invoice.number is not null and invoice.gross > 0 and invoice.due_on < cast(:day as date)
        and (cast(:payer_ids as text[]) is null or invoice.payer_id = any(cast(:payer_ids as text[])))
),
paid as (
    select payment.invoice_id, sum(payment.amount) filter (where payment.paid_on <= owed.due_on) as in_time,
        bool_or(payment.amount < 0) as taken_back
    from payment
    join owed using (invoice_id)
    where payment.paid_on <= cast(:day as date)
    group by payment.invoice_id
)
select owed.invoice_id, owed.payer_id, owed.number, owed.issued_on, owed.due_on, greatest(owed.amount, 0) as amount, case when (
        select bool_and(contract.terms = 'telavox')
        from invoice_line as line
        join contract_at(:import_no) as contract using (contract_id)
        where line.invoice_id = owed.invoice_id
    ) then 'GC-5.2' else 'CG-2.e' end as clause
from owed
left join paid using (invoice_id)
where owed.amount > coalesce(paid.in_time, 0) or paid.taken_back
    or exists (select from late_charge where late_charge.invoice_id = owed.invoice_id)
order by owed.due_on, owed.number;
