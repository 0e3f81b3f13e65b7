-- Records an end client that an order reaches.
insert into suspension_scope (order_no, end_client_id, name)
values (:order_no, :end_client_id, :name);
