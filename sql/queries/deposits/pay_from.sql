-- Records that a part of an invoice is paid out of a deposit.
insert into payment (invoice_id, amount, paid_on, set_off_no)
values (:invoice_id, :amount, cast(:paid_on as date), :set_off_no);
