-- One row per party of these ids, by id, as the newest import knows it, or the last that did; `payment_days` of its latest contract.
-- returns: tasks.books.winbooks.Partner
select distinct on (party.party_id) party.party_id as payer_id, party.name, party.language, party.country, party.vat_number,
    (select contract.payment_days from contract where contract.payer_id = party.party_id order by contract.valid_import desc, contract.contract_id limit 1)
        as payment_days
from party
where party.party_id = any(cast(:payer_ids as text[]))
order by party.party_id, party.version desc;
