-- One row per payment without a movement of the bank that is booked in a month, as documents.sql has it: noted by hand, out of a
-- deposit, or given up. EUR.
-- returns: tasks.books.gathering.PaymentRow
select payment.payment_no, payment.paid_on, payment.amount, invoice.payer_id, invoice.number,
    case when payment.set_off_no is not null then 'deposits' when payment.write_off_no is not null then 'write_offs' else 'bank' end as means,
    coalesce(set_off.reason, write_off.reason, '') as reason
from payment
join invoice using (invoice_id)
left join deposit_set_off as set_off using (set_off_no)
left join write_off using (write_off_no)
where payment.allocation_no is null
    and payment.paid_on < cast(:past as date) and (payment.paid_on >= cast(:first as date) or cast(:open_from as date) = cast(:first as date))
    and not exists (
        select from journal_source as source
        join journal using (month)
        where source.source = 'payment' and source.source_id = payment.payment_no and journal.final_on is not null
    )
order by payment.paid_on, payment.payment_no;
