-- One row per run of which something waits to be delivered, in the order of the runs.
-- returns: tasks.waiting.Waiting
select distinct coalesce(delivery.run_id, invoice.run_id) as run_id
from delivery
left join invoice using (invoice_id)
where delivery.state = 'pending' and delivery.purpose in ('invoice', 'notice')
order by run_id;
