-- The issued invoice or debit note of a number or a communication, settled or not: what is open of it now, less credit notes and payments of
-- any day; below zero where more was paid than is due. EUR.
-- returns: billing.matching.Owed
select invoice.number, invoice.payer_id, regexp_replace(invoice.structured_reference, '[^0-9]', '', 'g') as reference, invoice.due_on,
    invoice.gross
        + coalesce((select sum(note.gross) from invoice as note where note.credits_invoice_id = invoice.invoice_id and note.number is not null), 0)
        - coalesce((select sum(payment.amount) from payment where payment.invoice_id = invoice.invoice_id), 0) as open_amount
from invoice
where (invoice.number = :number or invoice.structured_reference = :reference) and invoice.kind in ('invoice', 'debit_note');
