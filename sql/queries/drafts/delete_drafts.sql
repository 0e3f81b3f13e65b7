-- Removes the drafts of a run; lines and VAT go with them, an issued invoice is refused by the database.
delete from invoice
where run_id = :run_id;
