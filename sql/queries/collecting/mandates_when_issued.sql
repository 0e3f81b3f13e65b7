-- One row per invoice given and mandate of its payer as it was known when the invoice got its number, by invoice and day of signature.
-- returns: tasks.collecting.announcing.MandateRow
with issued as (
    select invoice.invoice_id, invoice.payer_id, run_step.import_no
    from invoice
    join run_step on run_step.run_id = invoice.run_id and run_step.step = 'issue'
    where invoice.invoice_id = any(cast(:invoice_ids as bigint[]))
),
known as (
    select imports.import_no, mandate.*
    from (select distinct import_no from issued) as imports
    cross join lateral mandate_at(imports.import_no) as mandate
)
select issued.invoice_id, known.mandate_id, known.payer_id, known.iban, known.bic, known.holder, known.signed_on, known.scheme, known.ends_on
from issued
join known using (import_no, payer_id)
order by issued.invoice_id, known.signed_on, known.mandate_id;
