-- The last usage record a run looked at; none when it looked at none.
select through_no
from usage_window
where run_id = :run_id;
