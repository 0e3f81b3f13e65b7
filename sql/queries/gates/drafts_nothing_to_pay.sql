-- One row per draft over 0.00 EUR.
select payer_id as payer, invoice_id as draft, net, vat, gross
from invoice
where run_id = :run_id and gross = 0
order by payer_id, invoice_id
limit 20;
