-- Removes the drafts of a run; an issued invoice is refused by the database.
delete from invoice
where run_id = :run_id;
