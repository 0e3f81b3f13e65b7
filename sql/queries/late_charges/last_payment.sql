-- The number of the last payment, 0 before the first.
select coalesce(max(payment_no), 0) from payment;
