-- One row per invoice, credit note or debit note of the run without its e-invoice.
select invoice.number, invoice.payer_id as payer
from invoice
where invoice.run_id = :run_id and invoice.number is not null
    and not exists (select from document where document.invoice_id = invoice.invoice_id and document.kind = 'e_invoice')
order by invoice.number
limit 20;
