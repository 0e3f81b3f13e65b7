-- One row per issued invoice and debit note that something is open of now, less credit notes and payments of any day. EUR.
-- returns: billing.matching.Owed
select invoice.number, invoice.payer_id, regexp_replace(invoice.structured_reference, '[^0-9]', '', 'g') as reference, invoice.due_on,
    invoice.gross - coalesce(credited.amount, 0) - coalesce(paid.amount, 0) as open_amount
from invoice
left join (select invoice_id, sum(amount) as amount from payment group by invoice_id) as paid using (invoice_id)
left join (
    select credits_invoice_id as invoice_id, -sum(gross) as amount
    from invoice
    where credits_invoice_id is not null and number is not null
    group by credits_invoice_id
) as credited using (invoice_id)
where invoice.number is not null and invoice.kind in ('invoice', 'debit_note')
    and invoice.gross > coalesce(credited.amount, 0) + coalesce(paid.amount, 0)
order by invoice.number;
