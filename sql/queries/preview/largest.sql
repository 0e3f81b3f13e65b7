-- The payers of a run, the largest bill first.
select payer_id
from invoice
where run_id = :run_id
group by payer_id
order by sum(net) desc, payer_id;
