-- One row per entry of the account of a payer up to a day: documents issued, payments, set-offs and amounts given up, money on account. What a movement
-- of the bank put on an invoice and took off it again is told as what stayed. EUR including VAT, above zero where more is owed.
-- returns: billing.account.Entry
select invoice.issued_on as day, invoice.kind as kind, invoice.number as reference,
    coalesce(credited.number, invoice.number) as invoice_number, invoice.gross as amount
from invoice
left join invoice as credited on credited.invoice_id = invoice.credits_invoice_id
where invoice.payer_id = :payer_id and invoice.issued_on <= cast(:day as date) and invoice.gross <> 0
union all
select payment.paid_on,
    case when payment.set_off_no is not null then 'set_off' when payment.write_off_no is not null then 'written_off'
        when sum(payment.amount) < 0 then 'returned' else 'payment' end,
    '', invoice.number, -sum(payment.amount)
from payment
join invoice using (invoice_id)
where invoice.payer_id = :payer_id and payment.paid_on <= cast(:day as date)
group by payment.paid_on, invoice.number, payment.set_off_no, payment.write_off_no, coalesce(payment.movement_no, -payment.payment_no)
having sum(payment.amount) <> 0
union all
select movement.booked_on, case when sum(allocation.amount) < 0 then 'returned' else 'on_account' end, '', '', -sum(allocation.amount)
from allocation
join bank_movement as movement using (movement_no)
where allocation.place = 'on_account' and allocation.payer_id = :payer_id and movement.booked_on <= cast(:day as date)
group by movement.booked_on, movement.movement_no
having sum(allocation.amount) <> 0
order by day, kind, reference, invoice_number;
