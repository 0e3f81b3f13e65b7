-- Notes on whose word the reminders of a day go although statements are missing; the last one who said so stands.
insert into dunning_on_word (dunned_on, accepted_by)
values (cast(:dunned_on as date), :accepted_by)
on conflict (dunned_on) do update set accepted_by = excluded.accepted_by, recorded_at = now();
