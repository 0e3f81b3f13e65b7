-- One row per payer that the documents of a run are for.
select distinct payer_id
from invoice
where run_id = :run_id;
