-- The ids of usage records by their numbers.
-- returns: tasks.audit.naming.CallName
select usage_no, usage_id
from usage_record
where usage_no = any(cast(:numbers as bigint[]));
