-- Records a payment of an invoice.
insert into payment (invoice_id, amount, paid_on)
values (:invoice_id, :amount, :paid_on);
