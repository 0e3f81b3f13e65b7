-- Notes which movement brought the money of the invoices collected.
update collection_item
set credited_by = :movement_no
from invoice
where invoice.invoice_id = collection_item.invoice_id and invoice.number = any(cast(:numbers as text[]));
