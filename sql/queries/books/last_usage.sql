-- When the last record that a run looked at began before an instant; nothing when there is none.
-- returns: timestamptz
select max(started_at) from rated_usage where run_id = :run_id and started_at < cast(:before as timestamptz);
