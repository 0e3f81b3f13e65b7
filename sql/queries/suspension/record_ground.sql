-- Records a ground of an order, as found on a day.
insert into suspension_ground (order_no, clause, since, amount, invoices, found_on)
values (:order_no, :clause, cast(:since as date), :amount, :invoices, cast(:found_on as date));
