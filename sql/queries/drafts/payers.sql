-- One row per party that pays a contract, or has an invoice that may be credited.
-- returns: tasks.drafts.PayerRow
select party_id as payer_id, version, language, country, vat_number, peppol_id, delivery, billing_emails
from party_at(:import_no)
where party_id in (select payer_id from contract_at(:import_no))
    or party_id in (select payer_id from invoice where number is not null);
