-- Notes what a run has read of the payments, and the invoices whose direct debit is known to have come back.
insert into late_charge_scope (run_id, payment_no, returned)
select :run_id, :payment_no, coalesce(array_agg(invoice_id order by invoice_id), '{}')
from collection_item
where returned_by is not null;
