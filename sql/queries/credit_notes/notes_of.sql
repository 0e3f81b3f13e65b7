-- One row per issued credit note of an invoice, in order.
-- returns: tasks.credit.Note
select note.number, note.issued_on, note.gross
from invoice as note
where note.credits_invoice_id = :invoice_id and note.number is not null
order by note.number;
