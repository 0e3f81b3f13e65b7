-- Notes what came of asking again about an order that was sent and is not acknowledged.
update suspension_order
set attempts = attempts + :attempts, last_error = :said
where order_no = :order_no and state = 'sent';
