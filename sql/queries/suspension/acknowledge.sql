-- Notes from which day on the platform has carried out an order.
update suspension_order
set state = 'acknowledged', acknowledged_on = cast(:on as date), effective_on = cast(:effective_on as date), note = :note, last_error = ''
where order_no = :order_no and state = 'sent';
