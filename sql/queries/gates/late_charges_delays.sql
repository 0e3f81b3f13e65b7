-- One row per delay that interest of the run rests on, with what the ledger says was open when it ended. EUR.
select charge.payer_id as payer, late.number as invoice, late.due_on, delay.from_day, delay.to_day, delay.open_amount,
    late.gross + coalesce((select sum(note.gross) from invoice as note where note.credits_invoice_id = late.invoice_id and note.number is not null), 0)
        - coalesce((select sum(amount) from payment where payment.invoice_id = late.invoice_id and paid_on <= delay.to_day), 0) as open_in_ledger,
    delay.per_month, round(delay.cost, 4) as cost, charge.charged_before, charge.amount
from late_charge as charge
join interest_delay as delay using (run_id, charge_no)
join invoice as late using (invoice_id)
where charge.run_id = :run_id
order by (delay.from_day <= late.due_on or delay.open_amount > late.gross) desc, charge.charge_no, delay.seq
limit 20;
