-- One row per payer of whom a deposit or guarantee was asked or that has given one.
-- returns: tasks.suspension.gathering.Secured
select distinct record ->> 'payer_id' as payer_id
from feed_record
where table_name in ('deposit_requests', 'deposits') and superseded_import is null
order by payer_id;
