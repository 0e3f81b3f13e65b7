-- Notes that a step has written its rows; an accepted step is left as it is.
insert into run_step (run_id, step, state, import_no, receipt)
values (:run_id, :step, 'staged', :import_no, cast(:receipt as json))
on conflict (run_id, step) do update set import_no = excluded.import_no, receipt = excluded.receipt
where run_step.state = 'staged';
