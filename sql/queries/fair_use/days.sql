-- One row per line, SIM and Brussels day of the window with use at home or elsewhere in the Union: how many uses of each.
-- The SIM is ours: who called, or for what came in who was called.
-- returns: billing.fair_use.DayOfUse
select line_no, case when outgoing then caller else callee end as sim, cast(started_at at time zone 'Europe/Brussels' as date) as day,
    count(*) filter (where visited = 0) as domestic, count(*) filter (where visited <> 0) as roaming
from usage_record
where started_at >= cast(:from_instant as timestamptz) and started_at < cast(:past_instant as timestamptz)
    and usage_no <= (select through_no from usage_window where run_id = :run_id)
    and line_no = any(cast(:line_nos as integer[])) and quantity > 0
    and (visited = 0 or visited = any(cast(:union_codes as integer[])))
group by 1, 2, 3;
