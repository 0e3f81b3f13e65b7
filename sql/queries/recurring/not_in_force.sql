-- Contracts the run did not bill, with what is missing (GC-2.2).
-- returns: tasks.charging.NotInForce
select contract_id, missing
from contract_not_in_force
where run_id = cast(:run_id as integer)
order by contract_id;
