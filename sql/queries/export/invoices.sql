-- One row per invoice and credit note issued by the close of a month and by the orders and credit runs in it, as of now.
-- returns: tasks.export.InvoiceRow
with paid as (
    select invoice_id, sum(amount) as amount, coalesce(sum(amount) filter (where write_off_no is not null), 0) as given_up
    from payment
    group by invoice_id
),
credited as (
    select credits_invoice_id as invoice_id, -sum(gross) as amount
    from invoice
    where credits_invoice_id is not null and number is not null
    group by credits_invoice_id
)
select
    invoice.number as invoice_number, invoice.kind, invoice.payer_id, invoice.issued_on, invoice.due_on, invoice.net, invoice.vat, invoice.gross,
    invoice.structured_reference,
    case
        when invoice.kind = 'credit_note' then 'issued'
        when credited.amount >= invoice.gross then 'credited'
        when coalesce(paid.amount, 0) + coalesce(credited.amount, 0) >= invoice.gross
            then case when paid.given_up > 0 then 'written_off' else 'paid' end
        when paid.amount > paid.given_up then 'partly_paid'
        when credited.amount > 0 then 'partly_credited'
        when paid.given_up > 0 then 'partly_written_off'
        else 'issued'
    end as status
from invoice
join run using (run_id)
left join paid using (invoice_id)
left join credited using (invoice_id)
where invoice.number is not null and coalesce(run.period, date_trunc('month', run.run_on)::date) = cast(:month as date)
order by invoice.number;
