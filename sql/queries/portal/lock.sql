-- Waits until nobody else writes the index of the payer, and holds that until the transaction ends.
select pg_advisory_xact_lock(hashtextextended('portal ' || cast(:payer_id as text), 0));
