-- Opens the credit run of a request; nothing when it is open already.
insert into run (kind, run_on, subject, request)
values ('credit', cast(:run_on as date), :subject, :request)
on conflict do nothing;
