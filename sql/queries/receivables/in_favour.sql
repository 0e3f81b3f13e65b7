-- One row per invoice that payments and credit notes dated up to a day took below zero (`number`), and per payer with money on account
-- (no number), by payer; EUR in the payer's favour, above zero.
-- returns: tasks.ageing.InFavourRow
with paid as (
    select invoice_id, sum(amount) as amount
    from payment
    where paid_on <= cast(:day as date)
    group by invoice_id
), credited as (
    select credits_invoice_id as invoice_id, -sum(gross) as amount
    from invoice
    where credits_invoice_id is not null and issued_on <= cast(:day as date)
    group by credits_invoice_id
), standing as (
    select invoice.payer_id, invoice.number, coalesce(credited.amount, 0) + coalesce(paid.amount, 0)
        - case when invoice.issued_on <= cast(:day as date) then invoice.gross else 0 end as amount
    from invoice
    left join paid using (invoice_id)
    left join credited using (invoice_id)
    where invoice.kind in ('invoice', 'debit_note') and invoice.number is not null
)
select payer_id, number, amount
from standing
where amount > 0
union all
select allocation.payer_id, '', sum(allocation.amount)
from allocation
join bank_movement as movement using (movement_no)
where allocation.place = 'on_account' and movement.booked_on <= cast(:day as date)
group by allocation.payer_id
having sum(allocation.amount) > 0
order by payer_id, number;
