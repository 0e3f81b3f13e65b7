-- Records in the outbox that a payer is told what a run published for him; what is recorded stays.
insert into delivery (run_id, purpose, payer_id, channel, recipients, message_id)
values (:run_id, 'notice', :payer_id, 'email', :recipients, :message_id)
on conflict do nothing;
