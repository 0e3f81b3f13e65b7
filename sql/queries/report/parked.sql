-- One row per payer left out of the close, with what it had been charged, EUR without VAT.
-- returns: reports.close_records.Parked
select parked.payer_id, coalesce(party.name, '') as name, parked.left_out as charged, parked.reason, parked.advice
from parked_payer as parked
left join party_at(:import_no) as party on party.party_id = parked.payer_id
where parked.run_id = :run_id
order by parked.payer_id;
