-- One row: the payer as its latest invoice names it.
-- returns: tasks.portal_index.ShownPayer
select party.party_id as payer_id, party.name, party.language
from invoice
join party on party.party_id = invoice.payer_id and party.version = invoice.payer_version
where invoice.payer_id = :payer_id
order by invoice.invoice_id desc
limit 1;
