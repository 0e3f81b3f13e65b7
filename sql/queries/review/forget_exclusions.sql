-- Takes back who was left out of a close: everything of it is computed again.
delete from payer_exclusion
where run_id = :run_id;
