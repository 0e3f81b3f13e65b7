-- Ends the version in force of each row of parties that the file on its way in gives with other content.
update party c set superseded_import = cast(:import_no as integer)
from incoming_parties n
where c.party_id = n.party_id and c.superseded_import is null
  and (c.role, c.partner_id, c.name, c.language, c.billing_emails, c.delivery, c.street, c.postal_code, c.city, c.country, c.vat_number,
       c.peppol_id, c.fallback_email)
      is distinct from
      (n.role, n.partner_id, n.name, n.language, n.billing_emails, n.delivery, n.street, n.postal_code, n.city, n.country, n.vat_number,
       n.peppol_id, n.fallback_email);
