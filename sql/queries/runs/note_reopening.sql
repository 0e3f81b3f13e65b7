-- Notes that a step was asked to be done again; nothing when the same asking was noted before.
insert into run_reopening (run_id, asked_by, step)
values (:run_id, :asked_by, :step)
on conflict do nothing;
