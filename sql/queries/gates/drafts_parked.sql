-- One row per payer left out of the run, why, and the way out.
select parked.payer_id as payer, parked.reason, parked.advice, count(invoice.invoice_id) as drafts
from parked_payer as parked
left join invoice on invoice.run_id = parked.run_id and invoice.payer_id = parked.payer_id
where parked.run_id = :run_id
group by 1, 2, 3
order by 1
limit 20;
