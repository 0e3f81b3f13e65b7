-- One row: whether the journal of a month balances, is complete and ties, up to its end, to the register, the money and the days billed.
with sourced as (
    select source.source, source.source_id, source.month, source.document_no
    from journal_source as source
    where source.month <= cast(:month as date)
),
booked as (
    select entry.document_no,
        sum(entry.debit - entry.credit) as total,
        coalesce(sum(entry.debit - entry.credit) filter (where entry.account = :receivables), 0) as receivables,
        coalesce(sum(entry.debit - entry.credit) filter (where entry.account = :vat), 0) as vat,
        coalesce(sum(entry.debit - entry.credit) filter (where entry.account = :bank), 0) as bank
    from journal_entry as entry
    where entry.month = cast(:month as date)
    group by entry.document_no
),
balance as (
    select
        coalesce(sum(debit - credit) filter (where account = :receivables), 0) as receivables,
        coalesce(sum(debit - credit) filter (where account = :bank), 0) as bank,
        coalesce(sum(debit - credit) filter (where account = :deferred_income), 0) as deferred
    from journal_entry
    where month <= cast(:month as date)
),
owed as (
    select
        (select coalesce(sum(invoice.gross), 0) from sourced join invoice on invoice.invoice_id = sourced.source_id where sourced.source = 'invoice')
        - (select coalesce(sum(allocation.amount), 0) from sourced join allocation on allocation.allocation_no = sourced.source_id
           where sourced.source = 'allocation' and allocation.place = 'invoice')
        - (select coalesce(sum(payment.amount), 0) from sourced join payment on payment.payment_no = sourced.source_id
           where sourced.source = 'payment') as amount
),
banked as (
    select
        (select coalesce(sum(movement.amount), 0) from sourced join bank_movement as movement on movement.movement_no = sourced.source_id
         where sourced.source = 'movement')
        + (select coalesce(sum(payment.amount), 0) from sourced join payment on payment.payment_no = sourced.source_id
           where sourced.source = 'payment' and payment.set_off_no is null and payment.write_off_no is null) as amount
),
not_passed as (
    select coalesce(sum(line.net - case
        when line.from_day > cast(:last as date) then 0
        else round(line.net * (cast(:last as date) - line.from_day + 1) / (line.to_day - line.from_day + 1), 2) end), 0) as amount
    from sourced
    join sold_line as line on line.invoice_id = sourced.source_id
    where sourced.source = 'invoice' and line.to_day > cast(:last as date)
        and (line.charge in ('recurring', 'pro_rata', 'refund') or (line.charge = 'credit' and line.credited_charge in ('recurring', 'pro_rata')))
)
select
    (select count(*) from booked where total <> 0) as unbalanced,
    (select count(*) from invoice
     where issued_on between cast(:month as date) and cast(:last as date)
        and not exists (select from journal_source where source = 'invoice' and source_id = invoice_id)) as document_missing,
    (select count(*)
     from sourced join invoice on invoice.invoice_id = sourced.source_id left join booked using (document_no)
     where sourced.source = 'invoice' and sourced.month = cast(:month as date)
        and (coalesce(booked.receivables, 0) <> invoice.gross or coalesce(booked.vat, 0) <> -invoice.vat)) as document_differs,
    (select count(*) from bank_movement
     where booked_on between cast(:month as date) and cast(:last as date)
        and not exists (select from journal_source where source = 'movement' and source_id = movement_no))
    + (select count(*) from payment
     where allocation_no is null and paid_on between cast(:month as date) and cast(:last as date)
        and not exists (select from journal_source where source = 'payment' and source_id = payment_no)) as money_missing,
    (select count(*)
     from sourced join bank_movement as movement on movement.movement_no = sourced.source_id left join booked using (document_no)
     where sourced.source = 'movement' and sourced.month = cast(:month as date) and coalesce(booked.bank, 0) <> movement.amount)
    + (select count(*)
     from sourced join payment on payment.payment_no = sourced.source_id left join booked using (document_no)
     where sourced.source = 'payment' and sourced.month = cast(:month as date) and coalesce(booked.receivables, 0) <> -payment.amount)
        as money_differs,
    (select abs(balance.receivables - owed.amount) from balance, owed) as receivables_differ,
    (select abs(balance.bank - banked.amount) from balance, banked) as bank_differs,
    (select abs(balance.deferred + not_passed.amount) from balance, not_passed) as deferred_differs;
