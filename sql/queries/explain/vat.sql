-- The VAT of a document by category and rate.
-- returns: billing.invoices.VatTotal
select vat_category as category, vat_rate as rate, base, vat
from invoice_vat
where invoice_id = :invoice_id
order by vat_category, vat_rate;
