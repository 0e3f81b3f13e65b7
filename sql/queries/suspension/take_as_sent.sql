-- Takes an order whose answer was lost as one that has arrived: it is taken back by a restoration, never forgotten.
update suspension_order
set state = 'sent', sent_on = maybe_sent_on, refused_on = null, last_error = :said
where order_no = :order_no and state = 'approved' and maybe_sent_on is not null;
