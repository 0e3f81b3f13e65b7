-- Notes that a step has written its rows, by what settings and since when; an accepted step is left as it is.
insert into run_step (run_id, step, state, import_no, receipt, settings, began_at, staged_at)
values (:run_id, :step, 'staged', :import_no, cast(:receipt as json), cast(:settings as json), :began_at, clock_timestamp())
on conflict (run_id, step) do update set
    import_no = excluded.import_no, receipt = excluded.receipt, settings = excluded.settings,
    began_at = excluded.began_at, staged_at = excluded.staged_at
where run_step.state = 'staged';
