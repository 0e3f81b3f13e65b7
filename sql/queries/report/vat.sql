-- One row per VAT category and rate on the documents of a run: EUR.
-- returns: tasks.close_reconciliation.VatSums
select taxed.vat_category as category, taxed.vat_rate as rate, sum(taxed.base) as base, sum(taxed.vat) as vat
from invoice
join invoice_vat as taxed using (invoice_id)
where invoice.run_id = :run_id
group by taxed.vat_category, taxed.vat_rate
order by taxed.vat_category, taxed.vat_rate;
