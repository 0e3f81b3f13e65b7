-- One row per payer given, by id, as the newest import knows him; one it no longer knows as it last did.
-- returns: reports.records.Payer
select distinct on (party_id) party_id as payer_id, name, street, postal_code, city, country, vat_number, language, peppol_id,
    trim(split_part(billing_emails, ';', 1)) as email
from party
where party_id = any(cast(:payer_ids as text[]))
order by party_id, version desc;
