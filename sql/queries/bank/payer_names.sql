-- One row per payer of invoices: its id and name, as the newest import knows it.
-- returns: tasks.bank.worklist.PayerName
select party_id as payer_id, name
from party
where superseded_import is null and party_id in (select payer_id from invoice where number is not null)
order by party_id;
