-- One row per invoice of which something is paid, not given up: number and how much. EUR.
-- returns: tasks.bank.matching.PaidOf
select invoice.number, sum(payment.amount) as amount
from payment
join invoice using (invoice_id)
where payment.write_off_no is null
group by invoice.number
having sum(payment.amount) > 0
order by invoice.number;
