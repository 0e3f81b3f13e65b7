-- One row: whether the money ledger adds up, what of the bank's files is refused or waits, how much is unmatched.
with allocated as (
    select movement_no, sum(amount) as amount from allocation group by movement_no
),
moved as (
    select statement_no, sum(amount) as amount from bank_movement group by statement_no
),
refused as (
    select column_name from feed_reject where resolved_import is null and path like 'bank/%'
),
money as (
    select coalesce(sum(amount), 0) as received, coalesce(sum(amount) filter (where place = 'unmatched'), 0) as unmatched
    from allocation
    where place <> 'aside'
)
select
    (select count(*) from bank_movement left join allocated using (movement_no) where bank_movement.amount <> coalesce(allocated.amount, 0))
    + (select count(*) from bank_statement left join moved using (statement_no) where opening + coalesce(moved.amount, 0) <> closing)
        as ledger_differs,
    (select count(*)
        from (select allocation_no, invoice_id, amount from allocation where place = 'invoice') as allocation
        full join (select allocation_no, invoice_id, amount from payment where allocation_no is not null) as payment
            using (allocation_no, invoice_id, amount)
        where allocation.allocation_no is null or payment.allocation_no is null
    ) as payment_differs,
    (select count(*) from refused where column_name = 'gap') as statement_gap,
    (select count(*) from refused where column_name <> 'gap') as statement_refused,
    (select case when received <= 0 then 0 else round(greatest(unmatched, 0) / received, 6) end from money) as unmatched_share;
