-- One value: how many of these deliveries were sent.
select count(*) from delivery where delivery_id = any(cast(:delivery_ids as bigint[])) and state = 'sent';
