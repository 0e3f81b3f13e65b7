-- Records a letter in the outbox; returns its key.
insert into delivery (purpose, payer_id, channel, recipients, message_id)
values ('reminder', :payer_id, :channel, :recipients, :message_id)
returning delivery_id;
