-- How many invoices of a run have their number.
select count(*) from invoice where run_id = :run_id and number is not null;
