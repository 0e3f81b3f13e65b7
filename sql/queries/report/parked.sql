-- One row per payer left out of the close.
-- returns: reports.close_report.Parked
select parked.payer_id, coalesce(party.name, '') as name, parked.reason, parked.advice
from parked_payer as parked
left join party_at(:import_no) as party on party.party_id = parked.payer_id
where parked.run_id = :run_id
order by parked.payer_id;
