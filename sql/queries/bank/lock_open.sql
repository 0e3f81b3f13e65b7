-- Locks every invoice that something is open of, in the order of their numbers, so that nobody else pays them meanwhile.
select invoice_id
from invoice
where number is not null and kind in ('invoice', 'debit_note')
    and gross > (select coalesce(sum(amount), 0) from payment where payment.invoice_id = invoice.invoice_id)
order by number
for update;
