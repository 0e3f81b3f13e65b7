-- One row per prepaid subscription and invoice that charged a term of it not over on the day; terms that credit notes have taken back
-- are none. Amounts in EUR including VAT.
-- returns: tasks.activation.Subscription
select line.line_id, line.contract_id, line.end_client_id, line.product, min(line.from_day) as from_day, max(line.to_day) as to_day,
    invoice.invoice_id, invoice.number as invoice_number, invoice.gross, invoice.issued_on
from invoice
join invoice_line as line using (invoice_id)
left join lateral (
    select sum(taken.net) as net
    from invoice as note
    join invoice_line as taken using (invoice_id)
    where note.credits_invoice_id = invoice.invoice_id and taken.credits_line_seq = line.line_seq and note.issued_on <= cast(:on as date)
) as credited on true
where invoice.kind = 'invoice' and invoice.issued_on <= cast(:on as date) and line.clause = 'WM-2.b'
group by line.line_id, line.contract_id, line.end_client_id, line.product, invoice.invoice_id
having max(line.to_day) >= cast(:on as date) and (sum(line.net) = 0 or sum(line.net) + sum(coalesce(credited.net, 0)) <> 0)
order by line.line_id, from_day, invoice.number;
