-- Withdraws an order that has not left.
update suspension_order
set state = 'withdrawn', reason = :reason
where order_no = :order_no and state in ('proposed', 'approved');
