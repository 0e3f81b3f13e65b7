-- Leaves a payer out of a close; who said so first stays.
insert into payer_exclusion (run_id, payer_id, excluded_by, reason)
values (:run_id, :payer_id, :excluded_by, :reason)
on conflict do nothing;
