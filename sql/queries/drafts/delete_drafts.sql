-- Removes the drafts of an earlier attempt; lines and VAT go with them, an issued invoice is refused by the database.
delete from invoice
where run_id = :run_id;
