-- One row per direct debit that was recorded and not accepted yet, the largest first, at most twenty: what its invoice owes. EUR.
select invoice.number as invoice, invoice.payer_id as payer, item.amount, item.mandate_id as mandate, collection.collected_on, invoice.due_on,
    invoice.gross - coalesce((select sum(amount) from payment where payment.invoice_id = invoice.invoice_id), 0) as unpaid
from collection_item as item
join collection using (collection_no)
join invoice using (invoice_id)
where not collection.accepted
order by item.amount desc, invoice.number
limit 20;
