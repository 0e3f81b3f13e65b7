-- One row: what an invoice comes to and what was paid of it.
-- returns: tasks.payments.Balance
select invoice.invoice_id, invoice.kind, invoice.gross,
    (select coalesce(sum(payment.amount), 0) from payment where payment.invoice_id = invoice.invoice_id) as paid
from invoice
where invoice.number = :number;
