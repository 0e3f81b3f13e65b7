-- One row per party in force: id, and whether it is a partner.
-- returns: tasks.feed.known._Party
select party_id, role = 'partner' as is_partner
from party
where superseded_import is null;
