-- Parks a payer with its reason; the first reason stays.
insert into parked_payer (run_id, payer_id, step, reason, advice)
values (:run_id, :payer_id, 'drafts', :reason, :advice)
on conflict do nothing;
