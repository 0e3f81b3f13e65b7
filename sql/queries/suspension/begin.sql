-- Notes that an order is about to be handed over: from here on the platform may have it, whatever becomes of this process.
update suspension_order
set maybe_sent_on = coalesce(maybe_sent_on, cast(:on as date))
where order_no = :order_no and state = 'approved' and refused_on is null;
