-- One row per record asked for, which started in a stretch of time: usage_no, usage_id.
-- returns: tasks.rating._Id
select usage_no, usage_id
from usage_record
where usage_no = any(cast(:numbers as bigint[])) and started_at >= :first and started_at < :past;
