-- One row per contract in force: id.
-- returns: tasks.feed.known._Id
select contract_id as id
from contract
where superseded_import is null;
