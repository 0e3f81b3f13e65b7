-- Notes why an order did not get through; refused, it waits for a person. Where it never arrived, it has not left.
update suspension_order
set attempts = attempts + :attempts, last_error = :said,
    refused_on = case when :refused then cast(:on as date) end,
    maybe_sent_on = case when not :never_arrived then maybe_sent_on end
where order_no = :order_no and state = 'approved';
