-- Opens the close of a period; nothing when it is open already.
insert into run (kind, period, run_on)
values ('close', cast(:period as date), cast(:run_on as date))
on conflict do nothing;
