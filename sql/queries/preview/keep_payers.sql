-- Leaves of the documents of a scratch, and of what a run left out, only what belongs to the payers given: how many documents went.
with others as (
    delete from invoice where payer_id <> all(cast(:payers as text[])) returning invoice_id
),
lines as (
    delete from invoice_line where invoice_id in (select invoice_id from others)
),
vat as (
    delete from invoice_vat where invoice_id in (select invoice_id from others)
),
used as (
    delete from credit_use where invoice_id in (select invoice_id from others)
),
parked as (
    delete from parked_payer where run_id = :run_id and payer_id <> all(cast(:payers as text[]))
),
waiting as (
    delete from contract_not_in_force
    where run_id = :run_id
        and contract_id not in (select contract_id from contract_at(:import_no) where payer_id = any(cast(:payers as text[])))
)
select count(*) from others;
