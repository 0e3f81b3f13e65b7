-- One row per VAT category and rate of these documents, EUR.
-- returns: tasks.books.gathering.VatRow
select invoice_id, vat_category, vat_rate, vat
from invoice_vat
where invoice_id = any(cast(:invoice_ids as bigint[])) and vat <> 0
order by invoice_id, vat_category, vat_rate;
