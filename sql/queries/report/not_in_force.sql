-- One row per contract the close did not bill, with what is missing.
-- returns: reports.close_records.NotInForce
select not_billed.contract_id, coalesce(contract.payer_id, '') as payer_id, coalesce(party.name, '') as name, not_billed.missing
from contract_not_in_force as not_billed
left join contract_at(:import_no) as contract using (contract_id)
left join party_at(:import_no) as party on party.party_id = contract.payer_id
where not_billed.run_id = :run_id
order by not_billed.contract_id;
