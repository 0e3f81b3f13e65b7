-- One row per issued invoice that nobody has tried to send.
select invoice.number, invoice.payer_id as payer
from invoice
where invoice.run_id = :run_id and invoice.number is not null
    and not exists (select from delivery where delivery.invoice_id = invoice.invoice_id and delivery.purpose = 'invoice')
order by invoice.number
limit 20;
