-- One row per payer of either run, its name as the newest of the two documents wrote it: payer_id, name.
select distinct on (invoice.payer_id) invoice.payer_id, party.name
from invoice
join party on party.party_id = invoice.payer_id and party.version = invoice.payer_version
where invoice.run_id in (:run_id, :last_run_id)
order by invoice.payer_id, invoice.payer_version desc;
