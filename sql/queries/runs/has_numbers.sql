-- Whether an invoice of the run has its number, after which nothing of it changes.
select exists (select from invoice where run_id = :run_id and number is not null);
