-- Up to twenty documents of the month whose receivable or VAT is not that of the register.
select invoice.number, invoice.gross, sum(entry.debit - entry.credit) filter (where entry.account = :receivables) as receivables, invoice.vat,
    -sum(entry.debit - entry.credit) filter (where entry.account = :vat) as vat_booked
from journal_source as source
join invoice on invoice.invoice_id = source.source_id
left join journal_entry as entry using (month, document_no)
where source.source = 'invoice' and source.month = cast(:month as date)
group by invoice.invoice_id
having coalesce(sum(entry.debit - entry.credit) filter (where entry.account = :receivables), 0) <> invoice.gross
    or coalesce(sum(entry.debit - entry.credit) filter (where entry.account = :vat), 0) <> -invoice.vat
order by invoice.number
limit 20;
