-- Records what is given up of an invoice, or (below zero) taken back of that, by whom and why.
-- returns: bigint
insert into write_off (invoice_id, written_off_on, amount, decided_by, reason)
values (:invoice_id, cast(:on as date), :amount, :decided_by, :reason)
returning write_off_no;
