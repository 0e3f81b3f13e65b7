-- How much of each credit the invoices of a run use.
select credit_id, sum(amount) as amount from credit_use where run_id = :run_id group by credit_id;
