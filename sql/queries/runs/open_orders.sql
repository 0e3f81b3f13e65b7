-- Opens the orders run of a day; nothing when it is open already.
insert into run (kind, run_on)
values ('orders', cast(:run_on as date))
on conflict do nothing;
