-- One row per e-invoice of these numbers that was handed over and has no receipt yet.
-- returns: str
select invoice.number
from delivery
join invoice using (invoice_id)
where delivery.purpose = 'e_invoice' and delivery.state = 'sent' and delivery.receipt = '' and invoice.number = any(cast(:numbers as text[]))
order by invoice.number;
