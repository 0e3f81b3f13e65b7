-- One row: what a run bills, drafts or issued, EUR.
-- returns: reports.close_records.Totals
select
    count(*) filter (where kind <> 'credit_note') as invoices, count(*) filter (where kind = 'credit_note') as credit_notes,
    count(distinct payer_id) as payers,
    cast(coalesce(sum(net), 0) as numeric(14, 2)) as net, cast(coalesce(sum(vat), 0) as numeric(14, 2)) as vat,
    cast(coalesce(sum(gross), 0) as numeric(14, 2)) as gross
from invoice
where run_id = :run_id;
