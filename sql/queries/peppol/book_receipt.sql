-- Notes what the network made of an e-invoice that was handed over.
update delivery set state = :state, receipt = :receipt, last_error = :note
from invoice
where invoice.invoice_id = delivery.invoice_id and invoice.number = :number
    and delivery.purpose = 'e_invoice' and delivery.state = 'sent' and delivery.receipt = '';
