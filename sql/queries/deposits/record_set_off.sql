-- Records what of a deposit was set off, by whom and why.
-- returns: bigint
insert into deposit_set_off (payer_id, amount, set_off_on, decided_by, reason)
values (:payer_id, :amount, cast(:set_off_on as date), :decided_by, :reason)
returning set_off_no;
