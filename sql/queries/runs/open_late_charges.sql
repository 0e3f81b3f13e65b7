-- Opens the run of late charges of a month; nothing when it is open already.
insert into run (kind, run_on)
values ('late_charges', cast(:run_on as date))
on conflict do nothing;
