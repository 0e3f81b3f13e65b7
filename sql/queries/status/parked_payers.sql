-- One row per payer parked in a close: where, why and what to do.
-- returns: tasks.status.ParkedRow
select run.period, run.run_on, parked.payer_id, parked.reason, parked.advice
from parked_payer as parked
join run using (run_id)
order by run.run_on desc, parked.payer_id
limit 50;
