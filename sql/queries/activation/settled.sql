-- One row per payment of the invoices given and per credit note of them: what it settles, in EUR including VAT. What was given up settles nothing.
-- returns: tasks.activation.SettledRow
select invoice_id, paid_on as settled_on, amount
from payment
where invoice_id = any(cast(:invoice_ids as bigint[])) and write_off_no is null
union all
select credits_invoice_id as invoice_id, issued_on as settled_on, -gross as amount
from invoice
where credits_invoice_id = any(cast(:invoice_ids as bigint[])) and number is not null;
