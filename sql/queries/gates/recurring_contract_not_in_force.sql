-- One row per contract the run did not bill, with what is missing.
select not_billed.contract_id as contract, contract.payer_id as payer, not_billed.missing
from contract_not_in_force as not_billed
left join contract_at(:import_no) as contract using (contract_id)
where not_billed.run_id = :run_id
order by not_billed.contract_id
limit 20;
