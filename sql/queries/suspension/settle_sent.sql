-- Notes that the platform has taken an order; one that was taken before stays as it was.
update suspension_order
set state = 'sent', sent_on = cast(:on as date), attempts = attempts + :attempts, last_error = :said
where order_no = :order_no and state = 'approved';
