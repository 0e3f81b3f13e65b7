-- Makes a snapshot the one a close counts by; from here the database refuses any change of it (BT-2.f).
update run set snapshot_on = cast(:snapshot_on as date)
where run_id = :run_id;
