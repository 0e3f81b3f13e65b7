-- One row per invoice of the run with a number, date, reference or total that cannot be right.
with issued as (
    select invoice.*, run.run_on, run.kind as run_kind, regexp_replace(coalesce(structured_reference, ''), '\D', '', 'g') as digits
    from invoice
    join run using (run_id)
    where run_id = :run_id
)
select issued.payer_id as payer, issued.number, issued.issued_on, issued.due_on, issued.payment_days, issued.structured_reference, issued.net,
    (select sum(net) from invoice_line where invoice_id = issued.invoice_id) as sum_of_lines, issued.vat,
    (select sum(vat) from invoice_vat where invoice_id = issued.invoice_id) as vat_table
from issued
where number is null or issued_on <> run_on or due_on <> issued_on + payment_days or (run_kind = 'orders' and due_on <> issued_on)
    or digits !~ '^[0-9]{12}$'
    or case when digits ~ '^[0-9]{12}$' then
        cast(right(digits, 2) as bigint) <> coalesce(nullif(cast(left(digits, 10) as bigint) % 97, 0), 97) end
    or net is distinct from (select sum(net) from invoice_line where invoice_id = issued.invoice_id)
    or vat is distinct from (select sum(vat) from invoice_vat where invoice_id = issued.invoice_id)
    or exists (select from parked_payer as parked where parked.run_id = issued.run_id and parked.payer_id = issued.payer_id)
order by issued.number nulls first, issued.payer_id
limit 20;
