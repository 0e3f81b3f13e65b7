-- What a run makes: how many invoices and credit notes, for how many payers, net, vat, gross in EUR, and how many payers are parked.
select count(*) filter (where kind <> 'credit_note') as invoices, count(*) filter (where kind = 'credit_note') as credit_notes,
    count(distinct payer_id) as payers,
    cast(coalesce(sum(net), 0) as numeric(14, 2)) as net, cast(coalesce(sum(vat), 0) as numeric(14, 2)) as vat, cast(coalesce(sum(gross), 0) as numeric(14, 2)) as gross,
    (select count(*) from parked_payer where run_id = :run_id) as parked
from invoice
where run_id = :run_id;
