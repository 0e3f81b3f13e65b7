-- Records the e-invoice of an invoice in the outbox; one that is recorded stays.
insert into delivery (run_id, purpose, invoice_id, payer_id, channel, recipients, message_id)
values (:run_id, 'e_invoice', :invoice_id, :payer_id, 'peppol', :recipients, :message_id)
on conflict do nothing;
