-- One row per order line that was used elsewhere in the Union in the window: its id, end client and quantity as the run sees them.
-- returns: tasks.fair_use.Line
select distinct line.line_no, line.line_id, line.end_client_id, line.quantity
from usage_record
join order_line_at(:import_no) as line on line.line_no = usage_record.line_no
where visited <> 0 and visited = any(cast(:union_codes as integer[]))
    and started_at >= cast(:from_instant as timestamptz) and started_at < cast(:past_instant as timestamptz)
    and usage_no <= (select through_no from usage_window where run_id = :run_id);
