-- One row per VAT category and rate of the invoices given.
-- returns: tasks.document_records.VatRow
select invoice_id, vat_category, vat_rate, base, vat
from invoice_vat
where invoice_id = any(cast(:invoice_ids as bigint[]))
order by invoice_id, vat_category, vat_rate desc;
