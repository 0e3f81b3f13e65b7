-- Accepts a staged step.
update run_step set state = 'accepted', accepted_at = now()
where run_id = :run_id and step = :step and state = 'staged';
