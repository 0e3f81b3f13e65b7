-- One row per record asked for, which started in a stretch of time: its number, its id, who called.
-- returns: tasks.rating._Named
select usage_no, usage_id, caller
from usage_record
where usage_no = any(cast(:numbers as bigint[])) and started_at >= :first and started_at < :past;
