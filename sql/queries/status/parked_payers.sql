-- One row per payer parked and not billed since: where last, why and what to do.
-- returns: tasks.status.ParkedRow
with last as (
    select distinct on (parked.payer_id) run.run_id, run.kind, run.period, run.run_on, parked.payer_id, parked.reason, parked.advice
    from parked_payer as parked
    join run using (run_id)
    order by parked.payer_id, run.run_on desc, run.run_id desc
)
select kind, period, run_on, payer_id, reason, advice
from last
where not exists (select 1 from invoice where invoice.payer_id = last.payer_id and invoice.run_id >= last.run_id and number is not null)
order by run_on desc, payer_id
limit 50;
