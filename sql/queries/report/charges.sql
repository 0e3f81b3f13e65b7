-- One row per kind of charge on the lines of a run: how many lines, EUR without VAT.
-- returns: reports.close_records.ChargeTotal
select line.charge, count(*) as lines, sum(line.net) as net
from invoice
join invoice_line as line using (invoice_id)
where invoice.run_id = :run_id
group by line.charge
order by line.charge;
