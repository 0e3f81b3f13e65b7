-- Proposes to end the contracts of a payer, once an order (GC-12.2.a).
insert into end_proposal (order_no, payer_id, proposed_on, clause)
values (:order_no, :payer_id, cast(:proposed_on as date), 'GC-12.2.a')
on conflict (order_no) do nothing;
