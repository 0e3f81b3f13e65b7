-- The contracts that a termination ends as a whole.
-- returns: contract_id
select distinct contract_id from termination_at(:import_no) where line_id is null and end_client_id is null;
