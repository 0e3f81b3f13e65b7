-- One row per contract whose payer is not in parties.csv.
select contract_id as contract, payer_id as payer
from contract_at((select coalesce(max(import_no), 0) from import_run)) as contract
where not exists (select from party_at((select coalesce(max(import_no), 0) from import_run)) as party where party.party_id = contract.payer_id)
order by contract_id
limit 20;
