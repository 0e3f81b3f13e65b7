-- Stores the usage on its way in, oldest first; an id that is there already is left out.
insert into usage_record (usage_id, line_no, kind, outgoing, caller, callee, callee_key, started_at, quantity, visited_country, import_no)
select usage_id, line_no, kind, outgoing, caller, callee, callee_key, started_at, quantity, visited_country, cast(:import_no as integer)
from incoming_usage
where not again
order by started_at, usage_id collate "C"
on conflict (usage_id) do nothing;
