-- The schema the ledger is in.
select cast(current_schema() as text);
