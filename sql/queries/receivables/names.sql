-- One row per payer given: id and name, as the newest import knows him; a payer it no longer knows is named as it last did.
select distinct on (party_id) party_id as payer_id, name
from party
where party_id = any(cast(:payer_ids as text[]))
order by party_id, version desc;
