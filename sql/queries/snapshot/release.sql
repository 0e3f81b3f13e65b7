-- Lets go of the snapshot a close had chosen, so that it may choose again; only while that step is not accepted.
update run set snapshot_on = null
where run_id = :run_id
  and not exists (select 1 from run_step s where s.run_id = run.run_id and s.step = 'snapshot' and s.state = 'accepted');
