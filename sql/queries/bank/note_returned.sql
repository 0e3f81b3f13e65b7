-- Notes which movement handed back what was collected of an invoice.
update collection_item
set returned_by = :movement_no
from invoice
where invoice.invoice_id = collection_item.invoice_id and invoice.number = :number;
