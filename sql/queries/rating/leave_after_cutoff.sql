-- Leaves to the next close what started at or after the cut-off.
insert into usage_pending (run_id, usage_no)
select cast(:run_id as integer), usage_no
from usage_record
where usage_no > :after_no and usage_no <= :through_no and started_at >= :cutoff
union all
select cast(:run_id as integer), usage_no
from usage_pending
join usage_record using (usage_no)
where usage_pending.run_id = :previous_id and started_at >= :cutoff;
