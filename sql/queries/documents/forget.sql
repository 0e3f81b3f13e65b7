-- Removes the document rows of an earlier attempt of the run.
delete from document where run_id = :run_id;
