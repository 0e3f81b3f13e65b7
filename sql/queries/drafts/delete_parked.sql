-- Removes what an earlier attempt parked at the drafts.
delete from parked_payer
where run_id = :run_id and step = 'drafts';
