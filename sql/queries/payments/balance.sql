-- One row: what an invoice comes to after its credit notes, and what was paid of it; what was given up counts as paid and stands apart too.
-- returns: tasks.payments.Balance
select invoice.invoice_id, invoice.kind, invoice.gross,
    (select coalesce(-sum(note.gross), 0) from invoice as note where note.credits_invoice_id = invoice.invoice_id and note.number is not null) as credited,
    (select coalesce(sum(payment.amount), 0) from payment where payment.invoice_id = invoice.invoice_id) as paid,
    (select coalesce(sum(payment.amount), 0) from payment where payment.invoice_id = invoice.invoice_id and payment.write_off_no is not null) as given_up
from invoice
where invoice.number = :number;
