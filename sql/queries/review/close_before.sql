-- The close before that of a run, as far as its invoices are issued: its month and what it billed, EUR. None when there is none.
-- returns: tasks.outcome.Before
select before.period, sum(invoice.net) as net, sum(invoice.vat) as vat, sum(invoice.gross) as gross
from run
join run as before on before.kind = 'close' and before.period < run.period
join invoice on invoice.run_id = before.run_id and invoice.number is not null
where run.run_id = :run_id
group by before.period
order by before.period desc
limit 1;
