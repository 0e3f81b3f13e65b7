-- Takes what is given up off what is open of its invoice; what is taken back (below zero) is open again.
insert into payment (invoice_id, amount, paid_on, write_off_no)
values (:invoice_id, :amount, cast(:on as date), :write_off_no);
