-- Keeps that a close was set aside, and how far it had come.
insert into close_set_aside (period, run_on, steps, set_aside_by, reason)
values (:period, :run_on, cast(:steps as text[]), :set_aside_by, :reason);
