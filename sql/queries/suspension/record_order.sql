-- Records an order; returns its number.
-- returns: bigint
insert into suspension_order (payer_id, measure, restores_order_no, ordered_on, idempotency_key, state, decided_by, decided_on, reason)
values (:payer_id, :measure, :restores_order_no, cast(:ordered_on as date), :idempotency_key, :state, :decided_by,
    cast(:decided_on as date), :reason)
returning order_no;
