-- Lets a refused e-invoice wait again.
update delivery set state = 'pending', attempts = 0, last_error = '', receipt = ''
from invoice
where invoice.invoice_id = delivery.invoice_id and invoice.number = :number
    and delivery.purpose = 'e_invoice' and delivery.state = 'failed';
