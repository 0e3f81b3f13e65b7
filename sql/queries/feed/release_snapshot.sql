-- Takes the snapshot of a day, and those after it, from the closes that have chosen but not accepted one; they choose again.
update run set snapshot_on = null
where snapshot_on >= cast(:day as date)
  and not exists (select 1 from run_step t where t.run_id = run.run_id and t.step = 'snapshot' and t.state = 'accepted');
