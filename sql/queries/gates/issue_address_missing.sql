-- One row per invoice whose payer has no complete name and address.
select invoice.number, invoice.payer_id as payer, party.street, party.city
from invoice
join party on party.party_id = invoice.payer_id and party.version = invoice.payer_version
where invoice.run_id = :run_id and (party.name = '' or party.city = '' or party.street = '')
order by invoice.number
limit 20;
