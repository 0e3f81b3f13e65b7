-- Locks an invoice, so that payments of it are recorded one after the other.
select invoice_id
from invoice
where number = :number
for update;
