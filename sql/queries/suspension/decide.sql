-- Records finance's decision about an order that has not left; approved again after a refusal it is sent again.
update suspension_order
set state = :state, decided_by = :decided_by, decided_on = cast(:decided_on as date), reason = :reason, refused_on = null
where order_no = :order_no and state in ('proposed', 'approved');
