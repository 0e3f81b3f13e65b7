-- One row per destination group of the usage lines of a run: EUR without VAT.
-- returns: tasks.close_comparison.GroupRow
select line.product as destination_group, sum(line.net) as net
from invoice
join invoice_line as line using (invoice_id)
where invoice.run_id = :run_id and line.charge = 'usage'
group by line.product
order by net desc, line.product;
