-- The issued invoices of a run, in the order they were made.
-- returns: bigint
select invoice_id from invoice where run_id = :run_id and number is not null order by invoice_id;
