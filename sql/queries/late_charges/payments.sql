-- One row per payment, set-off or payment taken back of the invoices given, up to a day. EUR.
-- returns: tasks.late_charges.gathering.PaymentRow
select invoice_id, paid_on, amount
from payment
where invoice_id = any(cast(:invoice_ids as bigint[])) and paid_on <= cast(:day as date)
order by invoice_id, paid_on, payment_no;
