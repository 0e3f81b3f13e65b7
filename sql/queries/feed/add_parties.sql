-- Adds a version for each row of parties on its way in that is new or has changed; one in force already stays as it is.
insert into party (party_id, version, valid_import,
    role, partner_id, name, language, billing_emails, delivery, street, postal_code, city, country, vat_number, peppol_id,
    fallback_email)
select n.party_id, coalesce((select max(v.version) from party v where v.party_id = n.party_id), 0) + 1, cast(:import_no as integer),
    n.role, n.partner_id, n.name, n.language, n.billing_emails, n.delivery, n.street, n.postal_code, n.city, n.country, n.vat_number,
    n.peppol_id, n.fallback_email
from incoming_parties n
where not exists (select 1 from party v where v.party_id = n.party_id and v.superseded_import is null)
order by n.party_id;
