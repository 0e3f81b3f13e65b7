-- One row per place that holds something of a movement. EUR.
-- returns: tasks.bank.placing.Place
select allocation.place, invoice.number, allocation.payer_id, sum(allocation.amount) as amount
from allocation
left join invoice using (invoice_id)
where allocation.movement_no = :movement_no
group by allocation.place, invoice.number, allocation.payer_id
having sum(allocation.amount) <> 0
order by allocation.place, invoice.number, allocation.payer_id;
