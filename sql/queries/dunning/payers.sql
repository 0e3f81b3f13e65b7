-- One row per payer asked for, as it is now: a reminder is a new letter to today's address.
-- returns: tasks.dunning.gathering.PayerRow
select party_id as payer_id, name, language, billing_emails, delivery as channel, street, postal_code, city, country, vat_number
from party
where superseded_import is null and party_id = any(cast(:payer_ids as text[]))
order by party_id;
